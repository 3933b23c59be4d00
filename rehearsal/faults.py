"""Faults on demand: throttling, an outage, a registry that forgets. The next matching requests get them."""

import re
import threading
from dataclasses import dataclass

from .http import Request, Response


@dataclass
class Fault:
    pattern: re.Pattern
    status: int
    times: int
    body: str


class Faults:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Fault] = []

    def add(self, match: str, status: int = 503, times: int = 1, code: str = "ServiceUnavailable") -> None:
        """`match` is looked for in `METHOD /path Target`, as in `POST / AmazonEC2ContainerServiceV20141113.ListTasks`."""
        body = f'{{"__type": "{code}", "message": "asked for by a rehearsal", "errors": [{{"code": "{code}"}}]}}'
        with self.lock:
            self.waiting.append(Fault(re.compile(match), status, times, body))

    def clear(self) -> None:
        with self.lock:
            self.waiting.clear()

    def meets(self, request: Request) -> Response | None:
        line = f"{request.method} {request.path} {request.header('X-Amz-Target')}"
        with self.lock:
            for fault in self.waiting:
                if fault.pattern.search(line):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                    return Response(fault.status, fault.body.encode(), {"Content-Type": "application/x-amz-json-1.1"})
        return None
