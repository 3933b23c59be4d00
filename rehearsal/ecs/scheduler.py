"""The service scheduler: starts and stops tasks within what the deployment configuration allows."""

import math
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random

from ..own import quotas
from . import outcomes, reality
from .shift import Shift
from .task import Task

if TYPE_CHECKING:
    from .rollout import Rollout


def schedule(rollout: "Rollout") -> None:
    service, primary = rollout.service, rollout.primary
    live = [task for task in rollout.tasks if not task.stopped]
    new = [task for task in live if task.wanted and task.revision is primary.revision]
    old = [task for task in live if task.wanted and task.revision is not primary.revision]
    if (shift := rollout.current.shift) and not shift.is_over:
        _beside(rollout, shift, len(new), old)
        _stop(rollout, new[service.desired_count :])
        return
    desired, configuration = service.desired_count, service.deploymentConfiguration
    most = math.floor(desired * configuration["maximumPercent"] / 100)
    least = math.ceil(desired * configuration["minimumHealthyPercent"] / 100)
    if primary.rollout_state != "FAILED":
        for _ in range(min(desired - len(new), most - len(live))):
            _start(rollout)
        keep = max(0, least - sum(task.healthy for task in new))
        _stop(rollout, old[: max(0, len(old) - keep)])
    _stop(rollout, new[desired:])


def _beside(rollout: "Rollout", shift: Shift, new: int, old: list[Task]) -> None:
    """As many tasks again, and the old ones stay; only what a deployment before left unfinished goes first."""
    unfinished = [task for task in old if task.revision is not rollout.completed]
    _stop(rollout, unfinished)
    if shift.scales_up and not unfinished and rollout.primary.rollout_state != "FAILED":
        for _ in range(rollout.service.desired_count - new):
            _start(rollout)


def _start(rollout: "Rollout") -> None:
    service, backend, revision = rollout.service, rollout.service._backend, rollout.primary.revision
    definition = backend.describe_task_definition(revision.task_definition)
    outcome = revision.outcome
    if outcome.name in ("auto", "real"):
        would = reality.outcome_of(service._account_id, service.region_name, definition, service.network_configuration)
        outcome = outcome if outcome.name == "real" and would is outcomes.SUCCESS else would
    if _used(backend) + vcpus(definition) > quotas.value("L-3032A538"):
        outcome = outcomes.no_room()
    if not outcome.script:
        rollout.say(outcome.event)
        return
    cluster = backend._get_cluster(service.cluster_name)
    task = Task(
        cluster,
        definition,
        outcome,
        service.network_configuration,
        f"service:{service.name}",
        rollout.primary.id,
        service._account_id,
        tags=list(service.tags) if service.propagate_tags == "SERVICE" else [],
        added=_added(service),
    )
    task.revision = revision
    backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
    rollout.say(f"has started 1 tasks: (task {task.id}).")


def vcpus(sized: Any) -> float:
    """Of a task, or of its definition."""
    return int(sized.cpu or 0) / 1024


def _used(backend: Any) -> float:
    """By all tasks of the region that are not gone yet."""
    tasks = [task for cluster in backend.tasks.values() for task in cluster.values()]
    return sum(vcpus(task) for task in tasks if not task.stopped)


def _added(service: Any) -> list[dict[str, str]]:
    """Containers that no task definition has: the proxy of Service Connect.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html"""
    if not (service._service_connect or {}).get("enabled"):
        return []
    return [{"name": f"ecs-service-connect-{mock_random.get_random_hex(5)}", "image": "ecs-service-connect-agent"}]


def _stop(rollout: "Rollout", tasks: list[Task]) -> None:
    for task in tasks:
        task.stop("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task.started_by})")
        rollout.say(f"has stopped 1 running tasks: (task {task.id}).")
