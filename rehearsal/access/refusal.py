"""A refusal as each protocol says it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html"""

import json
import re
from dataclasses import dataclass
from html import escape

from ..http import Request, Response
from .call import Call


@dataclass
class Refusal(Exception):
    """The code as the query protocol has it; AccessDenied has another name in some services."""

    code: str
    message: str
    status: int = 403

    def __post_init__(self) -> None:
        super().__init__(self.message)


def denied(message: str) -> Refusal:
    return Refusal("AccessDenied", message)


def response(refusal: Refusal, call: Call, request: Request) -> Response:
    code, message = refusal.code, refusal.message
    is_denied = code == "AccessDenied"
    match call.protocol:
        case "json":
            code = f"{code}Exception" if is_denied or code == "ExpiredToken" else code
            body = json.dumps({"__type": code, "message": message, "Message": message})
            # JSON over X-Amz-Target: every error of the caller is a 400.
            return Response(400, body.encode(), {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": code})
        case "rest-json":
            code = f"{code}Exception" if is_denied else code
            body = json.dumps({"code": code, "message": message, "Message": message})
            headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
            return Response(refusal.status, body.encode(), headers)
        case "ec2":
            if is_denied:
                code, message = "UnauthorizedOperation", f"You are not authorized to perform this operation. {message}"
            body = f"<Response><Errors>{_error(code, message)}</Errors><RequestID>rehearsal</RequestID></Response>"
        case "rest-xml" if call.service == "s3":
            # The one service that puts the resource between quotes.
            message = re.sub(r"on resource: (\S+)", r'on resource: "\1"', message)
            body = _error(code, message)
        case _:
            code = "AuthorizationError" if is_denied and call.service == "sns" else code
            error = _error(code, message, "<Type>Sender</Type>")
            body = f"<ErrorResponse>{error}<RequestId>rehearsal</RequestId></ErrorResponse>"
    # A HEAD has no body: whoever asked so learns the number alone.
    return Response(refusal.status, b"" if request.method == "HEAD" else body.encode(), {"Content-Type": "text/xml"})


def _error(code: str, message: str, more: str = "") -> str:
    return f"<Error>{more}<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
