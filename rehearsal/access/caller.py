"""Who asks: the role whose session has signed a request. Whom the account does not know is its administrator."""

from dataclasses import dataclass
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import Role, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from .. import ACCOUNT

#: The administrator, where a policy has to name somebody: AdministratorAccess is what this user has.
ADMINISTRATOR = f"arn:aws:iam::{ACCOUNT}:user/moto"
EVERYTHING = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@dataclass
class Caller:
    #: As the judge reads it.
    name: str | dict[str, str]
    #: The policies of its own.
    policies: dict[str, Any]
    #: Its credentials are no longer good.
    expired: bool = False
    gone: bool = False


def administrator() -> Caller:
    return Caller(ADMINISTRATOR, {"identity": {"AdministratorAccess": EVERYTHING}})


def of(access_key: str) -> Caller | None:
    """The role with that key, or nobody."""
    session = next((one for one in sts_backends[ACCOUNT]["aws"].assumed_roles if one.access_key_id == access_key), None)
    if session is None:
        return None
    role = named(session.role_arn)
    name = {"role": session.role_arn, "session": session.session_name}
    if role is None:
        return Caller(name, {}, gone=True)
    return Caller(name, {**policies(role), **_session(session)}, expired=session.expiration < utcnow())


def named(arn: str) -> Role | None:
    return next((role for role in iam_backends[ACCOUNT]["aws"].roles.values() if role.arn == arn), None)


def trust(role: Role | None) -> Any:
    """Who may take it. Of a role that does not exist STS does not say so: nobody may."""
    return role.assume_role_policy_document if role else {"Statement": []}


def policies(role: Role) -> dict[str, Any]:
    attached = {policy.arn: _document(policy) for policy in role.managed_policies.values()}
    found: dict[str, Any] = {"identity": {**role.policies, **attached}}
    if role.permissions_boundary_arn:
        boundary = iam_backends[ACCOUNT]["aws"].managed_policies[role.permissions_boundary_arn]
        found["boundary"] = {boundary.arn: _document(boundary)}
    return found


def _document(policy: Any) -> str:
    return next(one.document for one in policy.versions if one.version_id == policy.default_version_id)


def _session(session: AssumedRole) -> dict[str, Any]:
    return {"session": {"session": session.policy}} if session.policy else {}
