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


def no_trust(role: str) -> Outcome:
    """No task is started at all: https://github.com/telia-oss/terraform-aws-ecs-fargate/pull/58."""
    return Outcome("no-trust", (), event=f"failed to launch a task with (error {untrusted(role)}).")


def untrusted(role: str) -> str:
    return (
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role being "
        "passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role."
    )


NOT_PULLED = "ResourceInitializationError: unable to pull secrets or registry auth: "


def _no_connection(what: str, service: str) -> str:
    return f"{what}: There is a connection issue between the task and {service}. Check your task network configuration."


def no_way_to_registry() -> Outcome:
    why = _no_connection("The task cannot pull registry auth from Amazon ECR", "Amazon ECR")
    error = "operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, i/o timeout"
    return _never_starts("no-route", f"{NOT_PULLED}{why} {error}")


def no_registry_auth(why: str) -> Outcome:
    return _never_starts(
        "no-registry-auth",
        f"{NOT_PULLED}execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been "
        f"retried 1 time(s): AccessDeniedException: {why}",
    )


def no_way_to_secrets(service: str, reference: str) -> Outcome:
    name, kind, store = {
        "ssm": ("AWS Systems Manager", "ssm", "ssm"),
        "secretsmanager": ("AWS Secrets Manager", "asm", "secrets manager"),
    }[service]
    why = _no_connection(f"unable to retrieve secret from {kind}", name)
    error = f"failed to fetch secret {reference} from {store}: RequestCanceled: request context canceled"
    return _never_starts("no-route", f"{NOT_PULLED}{why} {error} caused by: context deadline exceeded")


def no_way_to_image(image: str) -> Outcome:
    host, _, rest = image.partition("/")
    name, _, version = rest.partition("@")
    return _never_starts(
        "no-route",
        f"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: failed "
        f'to do request: Head "https://{host}/v2/{name}/manifests/{version}": dial tcp: i/o timeout',
    )


def no_way_to_layers(image: str) -> Outcome:
    region = image.split(".")[3]
    return _never_starts(
        "no-route",
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed "
        f'to do request: Get "https://prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com": dial tcp: i/o timeout',
    )


def forbidden_image(image: str) -> Outcome:
    host, _, rest = image.partition("/")
    return _never_starts(
        "forbidden-image",
        f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: pulling "
        f"from host {host} failed with status code [manifests {rest.partition('@')[2]}]: 403 Forbidden",
    )


NO_FILES = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "


def no_way_to_files(host: str) -> Outcome:
    return _never_starts(
        "no-files",
        f'{NO_FILES}Failed to resolve "{host}" - check that your file system ID is correct, and ensure that the VPC has an '
        "EFS mount target for this file system ID.",
    )


def no_files() -> Outcome:
    return _never_starts(
        "no-files", f"{NO_FILES}b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils"
    )


NO_LOG = "ResourceInitializationError: failed to validate logger args: "


def no_way_to_logs() -> Outcome:
    what = "The task cannot find the Amazon CloudWatch log group defined in the task definition"
    return _never_starts("no-route", f"{NO_LOG}{_no_connection(what, 'Amazon CloudWatch')} : signal: killed")


def forbidden_log(why: str) -> Outcome:
    return _never_starts(
        "forbidden-log",
        f"{NO_LOG}create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: "
        f"{why} : exit status 1",
    )


def no_room() -> Outcome:
    """Until there is, no task is started: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html."""
    why = "You've reached the limit on the number of vCPUs you can run concurrently"
    return Outcome("no-room", (), event=f"was unable to place a task. Reason: {why}.")


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
        # The same, of tasks that would start.
        Outcome("real", ("PROVISIONING",)),
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
