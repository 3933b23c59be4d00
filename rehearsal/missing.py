"""A call that the account does not have: said once, clearly. moto's own answer is a page of HTML, retried 25 times."""

import html
import json

from .http import Request, Response


def response(request: Request, error: NotImplementedError) -> Response:
    """501, which no SDK retries, in the protocol of the caller."""
    message = f"the simulated account has no such call: {error}. See rehearsal/README.md for what it carries"
    if request.header("X-Amz-Target"):
        return Response(501, json.dumps({"__type": "NotImplemented", "message": message}).encode(),
                        {"Content-Type": "application/x-amz-json-1.1"})
    body = f"<ErrorResponse><Error><Code>NotImplemented</Code><Message>{html.escape(message)}</Message></Error></ErrorResponse>"
    return Response(501, body.encode(), {"Content-Type": "text/xml", "x-amzn-ErrorType": "NotImplemented"})
