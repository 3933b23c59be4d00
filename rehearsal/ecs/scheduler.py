"""The service scheduler: starts and stops tasks within what the deployment configuration allows."""

import math
from typing import TYPE_CHECKING

from . import reality
from .task import Task

if TYPE_CHECKING:
    from .rollout import Rollout


def schedule(rollout: "Rollout") -> None:
    service, primary = rollout.service, rollout.primary
    live = [task for task in rollout.tasks if not task.stopped]
    new = [task for task in live if task.wanted and task.revision is primary.revision]
    old = [task for task in live if task.wanted and task.revision is not primary.revision]
    desired, configuration = service.desired_count, service.deploymentConfiguration
    most = math.floor(desired * configuration["maximumPercent"] / 100)
    least = math.ceil(desired * configuration["minimumHealthyPercent"] / 100)
    if primary.rollout_state != "FAILED":
        for _ in range(min(desired - len(new), most - len(live))):
            _start(rollout)
        keep = max(0, least - sum(task.healthy for task in new))
        _stop(rollout, old[: max(0, len(old) - keep)])
    _stop(rollout, new[desired:])


def _start(rollout: "Rollout") -> None:
    service, backend, revision = rollout.service, rollout.service._backend, rollout.primary.revision
    definition = backend.describe_task_definition(revision.task_definition)
    outcome = revision.outcome
    if outcome.name == "auto":
        outcome = reality.outcome_of(service._account_id, service.region_name, definition)
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
    )
    task.revision = revision
    backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
    rollout.say(f"has started 1 tasks: (task {task.id}).")


def _stop(rollout: "Rollout", tasks: list[Task]) -> None:
    for task in tasks:
        task.stop("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task.started_by})")
        rollout.say(f"has stopped 1 running tasks: (task {task.id}).")
