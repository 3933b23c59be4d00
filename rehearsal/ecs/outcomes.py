"""What becomes of the tasks of a deployment: a script of states, one a step, and how the story ends."""

from dataclasses import dataclass, field, replace
from typing import Any

START = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING")
STOP = ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")
#: Running and serving; not a status of ECS, but of the load balancer or the container's health check.
HEALTHY, UNHEALTHY = "HEALTHY", "UNHEALTHY"


NOT_ALLOWED = "AccessDeniedException: not authorized to perform secretsmanager:GetSecretValue"


@dataclass(frozen=True)
class Outcome:
    name: str
    script: tuple[str, ...]
    stop_code: str = ""
    reason: str = ""
    #: Of the first container, as are the two below.
    exit_code: int | None = None
    container_reason: str = ""
    logs: tuple[str, ...] = ()
    #: Names an alarm that goes off when the tasks are healthy.
    alarm: bool = False
    #: What the service says when it cannot even place a task.
    event: str = ""


def _crash(name: str, exit_code: int, log: str, container_reason: str = "") -> Outcome:
    return Outcome(
        name,
        (*START, "STOPPED"),
        "EssentialContainerExited",
        "Essential container in task exited",
        exit_code,
        container_reason,
        (log,),
    )


def _never_starts(name: str, reason: str) -> Outcome:
    return Outcome(name, ("PROVISIONING", "PENDING", "STOPPED"), "TaskFailedToStart", reason)


def bad_image(image: str = "{image}") -> Outcome:
    return _never_starts(
        "bad-image",
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{image}: {image}: not found",
    )


def secret(arn: str = "{secret}", why: str = NOT_ALLOWED) -> Outcome:
    return _never_starts(
        "secret",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {arn} "
        f"from secrets manager: {why}",
    )


def log_group(name: str) -> Outcome:
    return _never_starts(
        "log-group",
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
        "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1 "
        f"[{name}]",
    )


SUCCESS = Outcome("success", (*START, HEALTHY))

ALL = {
    outcome.name: outcome
    for outcome in (
        SUCCESS,
        # Looks at the image, the secrets and the log group, and is `success` where they are there.
        Outcome("auto", SUCCESS.script),
        Outcome("slow", ("PROVISIONING", *["PENDING"] * 20, "ACTIVATING", "RUNNING", HEALTHY)),
        # Never gets there, never fails.
        Outcome("stuck", START),
        _crash("crash", 1, '{"level":"ERROR","message":"opening database `/data/items.db`: permission denied"}'),
        _crash(
            "oom",
            137,
            '{"level":"INFO","message":"listening on 0.0.0.0:8000"}',
            "OutOfMemoryError: Container killed due to memory usage",
        ),
        _crash("exec-format", 1, "exec /bin/app: exec format error"),
        bad_image(),
        secret(),
        _never_starts(
            "no-route",
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from "
            "Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network "
            "configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, i/o timeout",
        ),
        Outcome(
            "unhealthy",
            (*START, UNHEALTHY, UNHEALTHY, "STOPPED"),
            "ServiceSchedulerInitiated",
            "Task failed ELB health checks in (target-group {target_group})",
            0,
        ),
        Outcome(
            "container-unhealthy",
            (*START, UNHEALTHY, "STOPPED"),
            "ServiceSchedulerInitiated",
            "Task failed container health checks",
            0,
        ),
        Outcome("alarm", (*START, HEALTHY), alarm=True),
        Outcome(
            "no-capacity",
            (),
            event="was unable to place a task. Reason: Capacity is unavailable at this time. "
            "Please try again later or in a different availability zone.",
        ),
        # An agent outside moves the tasks: POST /_rehearsal/tasks.
        Outcome("external", ("PROVISIONING",)),
    )
}


def named(name: str, **changes: Any) -> Outcome:
    if name not in ALL:
        raise ValueError(f"no outcome `{name}`; there are {', '.join(sorted(ALL))}")
    known = {key: tuple(value) if key == "logs" else value for key, value in changes.items() if value is not None}
    return replace(ALL[name], **known)


@dataclass
class Chosen:
    """Which service gets which; `*` is for those that are not named."""

    services: dict[str, Outcome] = field(default_factory=lambda: {"*": ALL["auto"]})

    def choose(self, service: str, outcome: Outcome) -> None:
        self.services[service] = outcome

    def of(self, cluster: str, service: str) -> Outcome:
        for name in (f"{cluster}/{service}", service):
            if name in self.services:
                return self.services[name]
        return self.services["*"]


CHOSEN = Chosen()
