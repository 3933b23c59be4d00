"""Which call is answered by which function. The service is read from the signature: two services share many a path."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..http import Request, Response

SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


class ApiError(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status

    def response(self) -> Response:
        body = json.dumps({"__type": self.code, "message": str(self), "Message": str(self)}).encode()
        return Response(self.status, body, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": self.code})


@dataclass
class Call:
    service: str
    region: str
    path: dict[str, str]
    query: dict[str, str]
    wanted: dict[str, Any]
    body: bytes = b""

    def store(self, kind: str) -> dict[str, Any]:
        """What there is of a kind, in this service and region."""
        return STATE[self.service, self.region, kind]


#: By service, region and kind; a fork has a copy.
STATE: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)


@dataclass
class Route:
    service: str
    method: str
    path: re.Pattern
    target: str
    answer: Callable[[Call], dict[str, Any] | Response | None]


ROUTES: list[Route] = []


def route(service: str, method: str = "POST", path: str = "/", target: str = "") -> Callable:
    """`path` is a pattern with named groups; `target` is the last part of X-Amz-Target."""

    def decorate(function: Callable) -> Callable:
        ROUTES.append(Route(service, method, re.compile(path), target, function))
        return function

    return decorate


def answer_to(request: Request) -> Response | None:
    """Nothing where the call is moto's."""
    scope = SCOPE.search(request.header("Authorization"))
    if scope is None:
        return None
    target = request.header("X-Amz-Target").rpartition(".")[2]
    for one in ROUTES:
        if (one.service, one.method, one.target) != (scope["service"], request.method, target):
            continue
        if path := one.path.fullmatch(request.path):
            return _answer(one, scope, path, request)
    return None


def _answer(one: Route, scope: re.Match, path: re.Match, request: Request) -> Response:
    body = request.body()
    wanted = json.loads(body) if body[:1] == b"{" else {}
    call = Call(scope["service"], scope["region"], path.groupdict(), request.query, wanted, body)
    try:
        told = one.answer(call)
    except ApiError as error:
        return error.response()
    if isinstance(told, Response):
        return told
    kind = "application/x-amz-json-1.1" if one.target else "application/json"
    return Response(200, json.dumps(told or {}).encode(), {"Content-Type": kind})
