"""Faults on demand: throttling, an outage, a registry that forgets. The next matching requests get them, or wait."""

import json
import re
import threading
import time
from dataclasses import dataclass

from .http import Request, Response


@dataclass
class Fault:
    pattern: re.Pattern
    status: int
    times: int
    code: str

    def response(self, request: Request) -> Response:
        said = "asked for by a rehearsal"
        if request.action():
            error = f"<Error><Code>{self.code}</Code><Message>{said}</Message></Error>"
            # EC2 has a way of its own.
            ec2 = "/ec2/aws4_request" in request.header("Authorization")
            body = f"<Response><Errors>{error}</Errors></Response>" if ec2 else f"<ErrorResponse>{error}</ErrorResponse>"
            return Response(self.status, body.encode(), {"Content-Type": "text/xml"})
        told = {"__type": self.code, "message": said, "errors": [{"code": self.code}]}
        return Response(self.status, json.dumps(told).encode(), {"Content-Type": "application/x-amz-json-1.1"})


def line_of(request: Request) -> str:
    return f"{request.method} {request.path} {request.header('X-Amz-Target') or request.action()}"


class Holds:
    """Calls that AWS takes its time for, each time: whoever does not wait for them goes first, and misses them."""

    def __init__(self) -> None:
        self.seconds: dict[re.Pattern, float] = {}

    def add(self, match: str, seconds: float) -> None:
        """`match` is as that of a fault."""
        self.seconds[re.compile(match)] = seconds

    def clear(self) -> None:
        self.seconds.clear()

    def wait(self, request: Request) -> None:
        """Others are answered meanwhile."""
        if self.seconds:
            line = line_of(request)
            time.sleep(max([seconds for pattern, seconds in self.seconds.items() if pattern.search(line)], default=0))


class Faults:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Fault] = []

    def add(self, match: str, status: int = 503, times: int = 1, code: str = "ServiceUnavailable") -> None:
        """`match` is looked for in `METHOD /path Target`, as in `POST / AmazonEC2ContainerServiceV20141113.ListTasks`; the
        older services have the name of the call in its place, as in `POST / DescribeVpcs`."""
        with self.lock:
            self.waiting.append(Fault(re.compile(match), status, times, code))

    def clear(self) -> None:
        with self.lock:
            self.waiting.clear()

    def meets(self, request: Request) -> Response | None:
        if not self.waiting:
            return None
        line = line_of(request)
        with self.lock:
            for fault in self.waiting:
                if fault.pattern.search(line):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                    return fault.response(request)
        return None
