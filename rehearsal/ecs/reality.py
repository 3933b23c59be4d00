"""The outcome `auto`: a task starts if what it needs is there, as in an account it would."""

import re
from typing import Any

from moto.ecs.models import TaskDefinition
from moto.logs.models import logs_backends
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from . import logs, outcomes
from .image import can_be_pulled
from .needs import Needs
from .outcomes import Outcome

#: The stage of a reference that names neither version nor stage.
CURRENT = "AWSCURRENT"

SECRET = re.compile(
    r"^(?P<arn>arn:[^:]+:secretsmanager:(?P<region>[^:]+):(?P<account>\d+):secret:[^:]+)"
    r"(:(?P<key>[^:]*):(?P<stage>[^:]*):(?P<version>[^:]*))?$"
)


def outcome_of(account: str, region: str, definition: TaskDefinition, network: dict[str, Any]) -> Outcome:
    return Needs(region, definition, network["awsvpcConfiguration"]).lacking() or _missing_of(account, region, definition)


def _missing_of(account: str, region: str, definition: TaskDefinition) -> Outcome:
    for container in definition.container_definitions:
        if not can_be_pulled(container["image"]):
            return outcomes.bad_image(container["image"])
        for secret in container.get("secrets") or []:
            if missing := _missing(secret["valueFrom"]):
                return outcomes.secret(secret["valueFrom"], missing)
        group = logs.group_of(container)
        if group and group[0] not in logs_backends[account][group[2] or region].groups:
            return outcomes.log_group(group[0])
    return outcomes.SUCCESS


def _missing(reference: str) -> str | None:
    match = SECRET.match(reference)
    if match is None:
        return None  # a parameter of Systems Manager, which Terraform makes with its value
    stored = secretsmanager_backends[match["account"]][match["region"]].secrets.get(match["arn"])
    if stored is None:
        return "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    if version_of(stored, match) is not None:
        return None
    wanted, stage = match["version"], match["stage"] or CURRENT
    what = f"VersionId: {wanted}" if wanted else f"staging label: {stage}"
    return f"ResourceNotFoundException: Secrets Manager can't find the specified secret value for {what}"


def version_of(stored: FakeSecret, match: re.Match) -> dict[str, Any] | None:
    """The version of a secret that a reference means, if it has a value."""
    wanted, stage = match["version"], match["stage"] or CURRENT
    meant = (
        version
        for identifier, version in stored.versions.items()
        if (identifier == wanted if wanted else stage in version["version_stages"])
        and ("secret_string" in version or "secret_binary" in version)
    )
    return next(meant, None)
