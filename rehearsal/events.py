"""What happens to an account by itself, when a test says so: passwords rotate, credentials end, capacity goes, schedules
scale; and somebody else has a bucket."""

import json
from collections.abc import Callable
from typing import Any

from moto.applicationautoscaling.models import FakeScheduledAction, applicationautoscaling_backends
from moto.core.utils import utcnow
from moto.ecs.models import ecs_backends
from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends
from moto.secretsmanager.models import FakeSecret, secretsmanager_backends
from moto.sts.models import sts_backends

from . import ACCOUNT
from .playing import rollouts

#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
INTERRUPTED = "Your Spot Task was interrupted."


def rotate(secret: str = "rds!") -> dict[str, Any]:
    """Secrets whose name begins so get another password, as those that RDS manages do each week.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html"""
    found = [
        one
        for backend in secretsmanager_backends[ACCOUNT].values()
        for one in dict.values(backend.secrets)
        if one.name.startswith(secret)
    ]
    if not found:
        raise ValueError(f"no secret `{secret}…`")
    return {"rotated": [_rotated(one) for one in found]}


def _rotated(secret: FakeSecret) -> str:
    current = next(one for one in secret.versions.values() if "AWSCURRENT" in one["version_stages"])
    value = json.loads(current.get("secret_string") or "{}")
    value["password"] = mock_random.get_random_string(length=28)
    for version in secret.versions.values():
        version["version_stages"] = [one for one in version["version_stages"] if one != "AWSPREVIOUS"]
    current["version_stages"] = ["AWSPREVIOUS"]
    name = str(mock_random.uuid4())
    secret.versions[name] = {
        **current,
        "secret_string": json.dumps(value),
        "createdate": int(utcnow().timestamp()),
        "version_id": name,
        "version_stages": ["AWSCURRENT"],
    }
    secret.default_version_id = name
    return secret.arn


def expire(role: str = "*") -> dict[str, Any]:
    """All credentials of a role that were given out until now are good no longer."""
    sessions = [one for one in sts_backends[ACCOUNT]["aws"].assumed_roles if role in ("*", one.role_arn.rpartition("/")[2])]
    for one in sessions:
        one.expiration = utcnow()
    return {"expired": len(sessions)}


def interrupt(service: str = "*", tasks: int = 1) -> None:
    """AWS wants its spot capacity back."""
    for rollout in rollouts():
        if service in ("*", rollout.service.name):
            for task in [one for one in rollout.tasks if one.wanted and one.running][:tasks]:
                task.stop("SpotInterruption", INTERRUPTED, 143)


def schedule(action: str) -> dict[str, Any]:
    """A scheduled action's hour has come.

    https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-overview.html"""
    for region, backend in applicationautoscaling_backends[ACCOUNT].items():
        for one in backend.scheduled_actions:
            if one.scheduled_action_name == action:
                return _scale(region, one)
    raise ValueError(f"no scheduled action `{action}`")


def _scale(region: str, action: FakeScheduledAction) -> dict[str, Any]:
    """The range is another, unless that is suspended, and the number of tasks goes into it."""
    target = next(
        one
        for one in applicationautoscaling_backends[ACCOUNT][region].targets[action.scalable_dimension].values()
        if one.resource_id == action.resource_id
    )
    # https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
    if not (target.suspended_state or {}).get("ScheduledScalingSuspended"):
        wanted = action.scalable_target_action or {}
        target.update(wanted.get("MinCapacity"), wanted.get("MaxCapacity"), None)
    _, cluster, name = action.resource_id.split("/")
    service = ecs_backends[ACCOUNT][region]._get_service(cluster, name)
    service.desired_count = max(target.min_capacity, min(service.desired_count, target.max_capacity))
    return {"desired": service.desired_count}


def bucket(bucket: str, account: str = "999999999999", region: str = "us-east-1", policy: Any = None) -> None:
    """Somebody else has the bucket. By its policy anybody may do anything, if the test says nothing else."""
    made = s3_backends[account]["aws"].create_bucket(bucket, region)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": [made.arn, f"{made.arn}/*"]}
    made.policy = json.dumps(policy or {"Version": "2012-10-17", "Statement": [everybody]}).encode()


ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("POST", "rotate"): lambda wanted: rotate(**wanted),
    ("POST", "expire"): lambda wanted: expire(**wanted),
    ("POST", "interrupt"): lambda wanted: interrupt(**wanted),
    ("POST", "schedule"): lambda wanted: schedule(**wanted),
    ("POST", "bucket"): lambda wanted: bucket(**wanted),
}
