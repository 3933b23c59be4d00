"""What the account does not have, and where it breaks: said once, clearly. moto's own answer is a page of HTML."""

import html
import json
import sys
import traceback

from .http import Request, Response


def missing(request: Request, error: NotImplementedError) -> Response:
    """501, which no SDK retries; 500 the provider would ask for 25 times."""
    what = f"the simulated account has no such call: {error}. See rehearsal/README.md for what it carries"
    return _told(request, 501, "NotImplemented", what)


def broken(request: Request, error: Exception) -> Response:
    traceback.print_exception(error, file=sys.stderr)
    what = f"the simulated account broke: {type(error).__name__}: {error}"
    return _told(request, 500, "InternalFailure", what)


def _told(request: Request, status: int, code: str, what: str) -> Response:
    """In the protocol of the caller."""
    if request.header("X-Amz-Target"):
        body = json.dumps({"__type": code, "message": what})
        return Response(status, body.encode(), {"Content-Type": "application/x-amz-json-1.1"})
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{html.escape(what)}</Message></Error></ErrorResponse>"
    return Response(status, body.encode(), {"Content-Type": "text/xml", "x-amzn-ErrorType": code})
