"""The little of HTTP that our own endpoints need."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wsgi import ClosingIterator

CHUNK = 1 << 20


@dataclass
class Request:
    environ: dict[str, Any]

    @property
    def method(self) -> str:
        return self.environ["REQUEST_METHOD"]

    @property
    def path(self) -> str:
        return self.environ.get("PATH_INFO", "")

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.environ.get("QUERY_STRING", ""), keep_blank_values=True))

    def header(self, name: str) -> str:
        key = name.upper().replace("-", "_")
        return self.environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", "")

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece: a layer may be larger than the memory."""
        left = None if self.header("Transfer-Encoding") else int(self.header("Content-Length") or 0)
        while left is None or left > 0:
            piece = self.environ["wsgi.input"].read(CHUNK if left is None else min(CHUNK, left))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece

    def body(self) -> bytes:
        return b"".join(self.chunks())

    def action(self) -> str:
        """The call's name in the query protocol, or nothing. The body can be read again."""
        if not self.header("Content-Type").startswith("application/x-www-form-urlencoded"):
            return ""
        body = self.body()
        self.environ["wsgi.input"] = BytesIO(body)
        return dict(parse_qsl(body.decode())).get("Action", "")

    def json(self) -> Any:
        return json.loads(self.body() or b"{}")


@dataclass
class Response:
    status: int
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    #: Done when the answer has been sent.
    after: Callable[[], None] | None = None

    def send(self, request: Request, start_response: Any) -> Iterable[bytes]:
        if isinstance(self.body, bytes):
            self.headers.setdefault("Content-Length", str(len(self.body)))
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(self.headers.items()))
        if request.method == "HEAD":
            return []
        body = [self.body] if isinstance(self.body, bytes) else self.body
        return body if self.after is None else ClosingIterator(body, self.after)


def answer(status: int, value: Any, **headers: str) -> Response:
    return Response(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})
