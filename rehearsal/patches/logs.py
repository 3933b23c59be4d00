"""CloudWatch Logs: the class of a log group; events of the streams that a prefix names, which moto does not look at."""

import json
from typing import Any

from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from ..patching import wrap


@wrap(LogsResponse, "create_log_group")
def create_log_group(original: Any, self: LogsResponse) -> str:
    answer = original(self)
    self.logs_backend.groups[self._get_param("logGroupName")].rehearsed_class = self._get_param("logGroupClass")
    return answer


@wrap(LogGroup, "to_describe_dict")
def to_describe_dict(original: Any, self: LogGroup) -> dict[str, Any]:
    return {**original(self), "logGroupClass": getattr(self, "rehearsed_class", None) or "STANDARD"}


@wrap(LogsResponse, "filter_log_events")
def filter_log_events(original: Any, self: LogsResponse) -> str:
    answer = json.loads(original(self))
    prefix = self._get_param("logStreamNamePrefix") or ""
    answer["events"] = [event for event in answer["events"] if event["logStreamName"].startswith(prefix)]
    return json.dumps(answer)
