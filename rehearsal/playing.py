"""`/_rehearsal/`: what a test asks of the playing ECS."""

from collections.abc import Callable, Iterator
from typing import Any

from moto.ecs.models import ecs_backends

from .ecs import hooks, outcomes
from .ecs.clock import CLOCK
from .ecs.rollout import Rollout
from .ecs.runs import RUNS
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


def rollouts() -> Iterator[Rollout]:
    for regions in list(ecs_backends.values()):
        for backend in list(regions.values()):
            yield from [service._rollout for service in backend.services.values()]


ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("POST", "outcome"): lambda wanted: outcome(**wanted),
    ("POST", "hook"): lambda wanted: hooks.CHOSEN.choose(**wanted),
    ("POST", "run"): lambda wanted: RUNS.choose(**wanted),
    ("POST", "clock"): lambda wanted: clock(**wanted),
    ("POST", "advance"): lambda wanted: advance(**wanted),
    ("POST", "certificate"): lambda wanted: acm.become(**wanted),
    ("POST", "quota"): lambda wanted: quotas.choose(**wanted),
}
