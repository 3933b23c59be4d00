"""Lets a request through or says why not."""

from .. import failures
from ..http import Request, Response
from . import actions, owned, trust
from . import caller as callers
from .actions import Unmapped
from .call import Call
from .caller import Caller
from .judge import JUDGE, Broken, of_region
from .refusal import Refusal, denied, response

#: What everybody may do who has credentials: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
OPEN = {("sts", "GetCallerIdentity")}
TRUSTED = {"AssumeRole", "AssumeRoleWithWebIdentity"}
SERVICE_LINKED = "iam:CreateServiceLinkedRole"


class Access:
    def __init__(self) -> None:
        #: Whether the administrator is judged, too.
        self.everybody = False
        #: Roles that services have made for themselves.
        self.linked: set[str] = set()

    def refuses(self, request: Request, call: Call) -> Response | None:
        """Nothing where the request may be answered."""
        try:
            self._check(call, callers.of(call.access_key))
        except Refusal as refusal:
            return response(refusal, call, request)
        except (Unmapped, Broken) as error:
            return failures.missing(request, NotImplementedError(f"no verdict: {error}"))
        return None

    def _check(self, call: Call, caller: Caller | None) -> None:
        if call.service == "sts" and call.operation in TRUSTED:
            trust.check(call, caller or callers.administrator())
        elif caller is None and not self.everybody:
            self._note(call)
        elif (call.service, call.operation) not in OPEN:
            self._judge(call, caller or callers.administrator())

    def _judge(self, call: Call, caller: Caller) -> None:
        if caller.gone:
            raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")
        if caller.expired:
            raise Refusal("ExpiredToken", "The security token included in the request is expired")
        for need in actions.needs(call):
            if (
                need.action == SERVICE_LINKED
                and need.resources[0] in self.linked
                and call.operation != "CreateServiceLinkedRole"
            ):
                continue
            for resource in need.resources:
                request = of_region(call.region, caller.name, need.action, resource, need.context)
                request["resource_account"] = owned.account(resource)
                if why := JUDGE.denial({**caller.policies, "resource": owned.policy(resource)}, request):
                    raise denied(why)
        self._note(call)

    def _note(self, call: Call) -> None:
        """A service makes its role with the first call that needs it, whoever calls."""
        lines = actions.TABLE.get(call.service, {}).get("calls", {}).get(call.operation, "")
        if SERVICE_LINKED in str(lines):
            self.linked |= {need.resources[0] for need in actions.needs(call) if need.action == SERVICE_LINKED}
