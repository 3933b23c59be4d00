"""Roles are taken by whom their trust policies let.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif"""

import base64
import binascii
import json
import time
from typing import Any

from moto.iam.models import Role, iam_backends

from .. import ACCOUNT
from . import caller as callers
from .call import Call
from .caller import Caller
from .judge import JUDGE
from .refusal import Refusal, denied


def check(call: Call, caller: Caller) -> None:
    """A session of a role may be given out, or this raises why not."""
    if call.operation == "AssumeRole":
        _by_account(call, caller)
    else:
        _by_token(call)


def lets(role: str, service: str, context: dict[str, str]) -> bool:
    """Whether a service of AWS may take a role for this account."""
    request = {
        "caller": service,
        "action": "sts:AssumeRole",
        "resource": role,
        "context": {"aws:SourceAccount": ACCOUNT, **context},
    }
    return JUDGE.denial({"resource": callers.trust(callers.named(role))}, request) is None


def _by_account(call: Call, caller: Caller) -> None:
    arn = call.parameters.get("RoleArn", "")
    role = callers.named(arn)
    external = {"sts:ExternalId": call.parameters["ExternalId"]} if "ExternalId" in call.parameters else {}
    request = {
        "caller": caller.name,
        "action": "sts:AssumeRole",
        "resource": arn,
        "context": {"sts:RoleSessionName": call.parameters.get("RoleSessionName"), **external},
    }
    _take(call, role, caller.policies, request)


def _by_token(call: Call) -> None:
    claims = _claims(call.parameters.get("WebIdentityToken", ""))
    issuer = str(claims.get("iss", "")).removeprefix("https://").rstrip("/")
    providers = iam_backends[ACCOUNT]["aws"].open_id_providers.values()
    provider = next((one for one in providers if one.url.rstrip("/") == issuer), None)
    if provider is None:
        raise Refusal(
            "InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {claims.get('iss')}", 400
        )
    if claims.get("aud") not in provider.client_id_list:
        raise Refusal("InvalidIdentityToken", "Incorrect token audience", 400)
    if claims.get("exp", 0) <= time.time():
        raise Refusal(
            "ExpiredTokenException",
            f"Token expired: current date/time {int(time.time())} must be before the expiration date/time "
            f"{claims.get('exp')}",
            400,
        )
    arn = call.parameters.get("RoleArn", "")
    role = callers.named(arn)
    request = {
        "caller": provider.arn,
        "action": "sts:AssumeRoleWithWebIdentity",
        "resource": arn,
        "resource_account": ACCOUNT,
        "context": {
            **{f"{issuer}:{claim}": value for claim, value in claims.items() if isinstance(value, str)},
            "sts:RoleSessionName": call.parameters.get("RoleSessionName"),
        },
    }
    _take(call, role, {}, request)


def _take(call: Call, role: Role | None, policies: dict[str, Any], request: dict[str, Any]) -> None:
    if why := JUDGE.denial({**policies, "resource": callers.trust(role)}, request):
        raise denied(why)
    _no_longer_than(call, role)


def _no_longer_than(call: Call, role: Role) -> None:
    if int(call.parameters.get("DurationSeconds") or 3600) > int(role.max_session_duration or 3600):
        raise Refusal(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
        )


def _claims(token: str) -> dict[str, Any]:
    """What a token says. Its signature is taken on trust: the keys of the issuer are on the internet."""
    try:
        payload = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        raise Refusal("InvalidIdentityToken", "The ID Token provided is not a valid JWT.", 400) from None
