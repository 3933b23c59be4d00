"""`/_rehearsal/`: what a test asks of the playing ECS."""

from collections.abc import Callable, Iterator
from typing import Any

from moto.ecs.models import ecs_backends

from . import agent
from .ecs import outcomes
from .ecs.clock import CLOCK
from .ecs.rollout import Rollout
from .ecs.runs import RUNS
from .ecs.task import Task
from .own import quotas
from .patches import acm


def outcome(service: str = "*", outcome: str = "auto", **changes: Any) -> None:
    """For the deployments of a service that begin after this. Changes: `logs`, `exit_code`, `reason`."""
    outcomes.CHOSEN.choose(service, outcomes.named(outcome, **changes))


def clock(runs: bool) -> None:
    CLOCK.runs = runs


def advance(service: str = "*", steps: int = 1) -> None:
    for rollout in rollouts():
        if service in ("*", rollout.service.name):
            for _ in range(steps):
                rollout.step()


def tasks() -> dict[str, Any]:
    """What an agent needs to know that runs the tasks for real."""
    return {"tasks": [_told(rollout, task) for rollout in rollouts() for task in rollout.tasks]}


def move(task: str, state: str, **told: Any) -> None:
    """An agent says what became of a task: state is PENDING, ACTIVATING, RUNNING, HEALTHY, UNHEALTHY or STOPPED."""
    for rollout in rollouts():
        for one in rollout.tasks:
            if one.id == task.split("/")[-1]:
                rollout.told(one, state, **told)
                return
    raise ValueError(f"no task `{task}`")


def rollouts() -> Iterator[Rollout]:
    for regions in list(ecs_backends.values()):
        for backend in list(regions.values()):
            yield from [service._rollout for service in backend.services.values()]


def _told(rollout: Rollout, task: Task) -> dict[str, Any]:
    return {
        "task": task.task_arn,
        "service": rollout.service.name,
        "cluster": rollout.service.cluster_name,
        "wanted": task.desired_status,
        "state": task.last_status,
        "health": task.health_status,
        "task_definition": task.task_definition_arn,
        "external": task.external,
        **({"spec": agent.spec(rollout, task)} if task.external and not task.stopped else {}),
    }


ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("POST", "outcome"): lambda wanted: outcome(**wanted),
    ("POST", "run"): lambda wanted: RUNS.choose(**wanted),
    ("POST", "clock"): lambda wanted: clock(**wanted),
    ("POST", "advance"): lambda wanted: advance(**wanted),
    ("POST", "certificate"): lambda wanted: acm.become(**wanted),
    ("POST", "quota"): lambda wanted: quotas.choose(**wanted),
    ("GET", "tasks"): lambda _: tasks(),
    ("POST", "tasks"): lambda wanted: move(**wanted),
}
