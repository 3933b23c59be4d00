"""What the containers of a task say, in the log group that their definition names."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from moto.core.utils import unix_time_millis, utcnow
from moto.logs.models import logs_backends

if TYPE_CHECKING:
    from .task import Task

GREETING = json.dumps({"level": "INFO", "message": "listening"}, separators=(",", ":"))


def group_of(definition: dict) -> tuple[str, str, str] | None:
    """Group, prefix and region of a container that logs to CloudWatch."""
    configuration = definition.get("logConfiguration") or {}
    options = configuration.get("options") or {}
    if configuration.get("logDriver") != "awslogs" or "awslogs-group" not in options:
        return None
    return options["awslogs-group"], options.get("awslogs-stream-prefix", ""), options.get("awslogs-region", "")


def write(task: "Task", lines: Iterable[str] = ()) -> None:
    for container in task._definition.container_definitions:
        if (where := group_of(container)) is None:
            continue
        group, prefix, region = where
        backend = logs_backends[task._account][region or task._region]
        if group not in backend.groups:
            continue
        stream = f"{prefix}/{container['name']}/{task.id}"
        if stream not in backend.groups[group].streams:
            backend.create_log_stream(group, stream)
        now = int(unix_time_millis(utcnow()))
        events = [{"timestamp": now, "message": line} for line in lines or (GREETING,)]
        backend.put_log_events(group, stream, events)
