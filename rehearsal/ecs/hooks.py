"""Lifecycle hooks: functions that a deployment asks at its stages. None is called here: what each says, a test does.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html"""

from dataclasses import dataclass, field
from typing import Any

SUCCEEDED, FAILED, IN_PROGRESS = "SUCCEEDED", "FAILED", "IN_PROGRESS"


@dataclass
class Chosen:
    """What the functions say, by the stage."""

    stages: dict[str, str] = field(default_factory=dict)

    def choose(self, stage: str, status: str) -> None:
        if status not in (SUCCEEDED, FAILED, IN_PROGRESS):
            raise ValueError(f"no status `{status}`")
        self.stages[stage] = status

    def of(self, hooks: list[dict[str, Any]], stage: str) -> str:
        """Of a deployment with these hooks."""
        asked = any(stage in hook.get("lifecycleStages", []) for hook in hooks)
        return self.stages.get(stage, SUCCEEDED) if asked else SUCCEEDED


CHOSEN = Chosen()
