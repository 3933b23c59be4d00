"""Tasks that are run once: what they say and how they exit is chosen by family, success being the default."""

from dataclasses import dataclass, field

from .outcomes import START, SUCCESS, Outcome
from .task import Task


@dataclass
class Runs:
    families: dict[str, Outcome] = field(default_factory=dict)

    def choose(self, family: str = "*", exit_code: int = 0, logs: list[str] | None = None, steps: int = 1) -> None:
        """`steps` is how many looks the task stays RUNNING."""
        script = (*START[:-1], *["RUNNING"] * steps, "STOPPED")
        self.families[family] = Outcome(
            "run",
            script,
            "EssentialContainerExited",
            "Essential container in task exited",
            exit_code,
            "",
            tuple(logs or ("done",)),
        )

    def outcome(self, family: str, reality: Outcome) -> Outcome:
        if reality is not SUCCESS:
            return reality
        return self.families.get(family) or self.families["*"]

    def step(self, task: Task) -> None:
        """A look at such a task moves it; those of a service move with the service."""
        if not task.group.startswith("service:"):
            task.step()


RUNS = Runs()
RUNS.choose()
