"""What the table names and requests do not have as it stands in an ARN."""

from collections.abc import Callable
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.ecs.models import ecs_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.secretsmanager.models import secretsmanager_backends

from .. import ACCOUNT
from ..patches import tags
from .call import Call


def values(call: Call) -> dict[str, Any]:
    derive = SERVICES.get(call.service)
    return derive(call) if derive else {}


def _autoscaling(call: Call) -> dict[str, Any]:
    """The tags of the target, if it is there."""
    backend = applicationautoscaling_backends[ACCOUNT][call.region]
    dimension, resource = call.parameters.get("ScalableDimension"), call.parameters.get("ResourceId")
    target = backend.targets.get(dimension, {}).get(resource)
    return {"own": tags.of(backend, target.arn)} if target else {}


def _iam(call: Call) -> dict[str, Any]:
    name, path = call.parameters.get("RoleName", ""), call.parameters.get("Path") or "/"
    role = next((one for one in iam_backends[ACCOUNT]["aws"].roles.values() if one.name == name), None)
    return {
        "role": role.arn if role else f"arn:aws:iam::{ACCOUNT}:role{path}{name}" if name else None,
        "host": call.parameters.get("Url", "").removeprefix("https://").rstrip("/"),
        "kind": "OpenIDConnectProvider" if "OpenID" in call.operation else "Role",
    }


def _kms(call: Call) -> dict[str, Any]:
    name = call.parameters.get("KeyId") or call.parameters.get("AliasName") or ""
    if "alias/" not in name:
        return {"key": name.split("/")[-1]}
    alias = "alias/" + name.rpartition("alias/")[2]
    keys = kms_backends[ACCOUNT][call.region].keys.values()
    return {"key": next((key.id for key in keys if alias in key.aliases), "*")}


def _secretsmanager(call: Call) -> dict[str, Any]:
    """A secret that does not exist is judged by its name."""
    name = call.parameters.get("SecretId", "")
    if not name or name.startswith("arn:"):
        return {"secret": name}
    known = secretsmanager_backends[ACCOUNT][call.region].secrets
    return {"secret": known[name].arn if name in known else f"secret:{name}"}


def _ecs(call: Call) -> dict[str, Any]:
    """The roles that a task gets which is run: its definition's, or those that are put in their place."""
    if call.operation != "RunTask":
        return {}
    overrides = call.parameters.get("overrides") or {}
    name = call.parameters.get("taskDefinition", "")
    try:
        definition = ecs_backends[ACCOUNT][call.region].describe_task_definition(name)
    except Exception:  # noqa: BLE001 - moto says so to the caller in a moment
        definition = None
    roles = {
        "taskRoleArn": overrides.get("taskRoleArn") or getattr(definition, "task_role_arn", None),
        "executionRoleArn": overrides.get("executionRoleArn") or getattr(definition, "execution_role_arn", None),
    }
    return {"roles": [role for role in roles.values() if role], "taskDefinition": getattr(definition, "arn", name)}


SERVICES: dict[str, Callable[[Call], dict[str, Any]]] = {
    "application-autoscaling": _autoscaling,
    "ecs": _ecs,
    "iam": _iam,
    "kms": _kms,
    "secretsmanager": _secretsmanager,
    "ssm": lambda call: {
        "name": [one.lstrip("/") for one in [call.parameters.get("Name", ""), *call.parameters.get("Names", [])]]
    },
    "wafv2": lambda call: {"scope": {"CLOUDFRONT": "global"}.get(call.parameters.get("Scope"), "regional")},
}
