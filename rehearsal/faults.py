"""Faults on demand: throttling, an outage, a registry that forgets. The next matching requests get them."""

import json
import re
import threading
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
        line = f"{request.method} {request.path} {request.header('X-Amz-Target') or request.action()}"
        with self.lock:
            for fault in self.waiting:
                if fault.pattern.search(line):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                    return fault.response(request)
        return None
