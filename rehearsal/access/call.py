"""A request as AWS's own models describe it: service, operation, parameters. They are botocore's, which moto brings."""

import functools
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request as WerkzeugRequest

from ..http import Request

CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
#: What requests are signed for, where botocore's models have another name.
MODELS = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "elasticfilesystem": "efs",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}
#: Calls that nobody signs.
UNSIGNED = {"AssumeRoleWithWebIdentity": "sts"}


@dataclass
class Call:
    #: As it is signed: `elasticloadbalancing`.
    service: str
    region: str
    operation: str
    protocol: str
    access_key: str
    #: None where AWS has no such operation.
    model: OperationModel | None
    _parts: dict[str, Any] = field(repr=False)

    @functools.cached_property
    def parameters(self) -> dict[str, Any]:
        """Read when somebody asks: most requests are the administrator's."""
        if self.model is None:
            return {}
        parts, shape = self._parts, self.model.input_shape
        payload = shape.serialization.get("payload") if shape else None
        # An object's bytes: no policy asks for them.
        if payload and shape.members[payload].type_name in ("blob", "string"):
            parts = {**parts, "body": b""}
        return PROTOCOL_PARSERS[self.protocol](self.model).parse(parts)


def read(request: Request) -> Call | None:
    """Nothing where the request is not one to AWS's API. The body can be read again."""
    scope = CREDENTIAL.search(request.header("Authorization"))
    if scope is None:
        action = request.action()
        return _call(request, UNSIGNED[action], "us-east-1", "") if action in UNSIGNED else None
    return _call(request, scope["service"], scope["region"], scope["key"])


def _call(request: Request, service: str, region: str, key: str) -> Call:
    body = request.body()
    request.environ["wsgi.input"] = BytesIO(body)
    asked = WerkzeugRequest({**request.environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    model = _model(MODELS.get(service, service))
    if model is None:
        return Call(service, region, f"{request.method} {request.path}", "", key, None, {})
    name, labels = _operation(request, asked, service)
    operation = model.operation_model(name) if name in model.operation_names else None
    parts = {
        "method": asked.method,
        "values": asked.values,
        "headers": asked.headers,
        "body": body,
        "url_path": asked.path,
        "url_params": labels,
    }
    return Call(service, region, name, determine_request_protocol(model, asked.content_type), key, operation, parts)


@functools.cache
def _model(service: str) -> ServiceModel | None:
    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None


def _operation(request: Request, asked: WerkzeugRequest, service: str) -> tuple[str, dict[str, str]]:
    if target := request.header("X-Amz-Target"):
        return target.rpartition(".")[2], {}
    if (request.header("Content-Type")).startswith("application/x-www-form-urlencoded"):
        return asked.form.get("Action", ""), {}
    # Whoever takes the account for a proxy names all of the address.
    path = re.sub(r"^https?://[^/?]*", "", request.environ.get("RAW_URI", request.path)).partition("?")[0]
    found = [
        (rank, name, match.groupdict())
        for rank, name, method, pattern, query, headers in _paths(MODELS.get(service, service))
        if method == asked.method
        and (match := pattern.fullmatch(path))
        and _has(asked.args, query)
        and all(header in asked.headers for header in headers)
    ]
    if not found:
        return f"{asked.method} {path}", {}
    _, name, labels = max(found, key=lambda one: one[0])
    return name, {name.replace("__", "-"): unquote(value) for name, value in labels.items()}


def _has(arguments: MultiDict, query: list[tuple[str, str]]) -> bool:
    return all(name in arguments and value in ("", arguments[name]) for name, value in query)


@functools.cache
def _paths(service: str) -> list[tuple[Any, ...]]:
    """Operations that requests do not name: their method, their path, and what the query and the headers must have."""
    model = _model(service)
    paths = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        if operation.deprecated:
            continue
        uri, _, literal = operation.http["requestUri"].partition("?")
        query = [tuple(part.partition("=")[::2]) for part in literal.split("&") if part and not part.startswith("x-id")]
        headers = []
        shape = operation.input_shape
        for member in shape.required_members if shape else ():
            where = shape.members[member].serialization
            if where.get("location") == "querystring":
                query.append((where["name"], ""))
            elif where.get("location") == "header":
                headers.append(where["name"])
        rank = (len(query) + len(headers), uri.count("/") - uri.count("{"), -uri.count("+}"))
        paths.append((rank, name, operation.http["method"], _pattern(uri), query, headers))
    return paths


def _pattern(uri: str) -> re.Pattern:
    def part(text: str) -> str:
        if not text.startswith("{"):
            return re.escape(text)
        name, piece = text[1:-1], "[^/]+"
        if name.endswith("+"):
            name, piece = name[:-1], ".+"
        return f"(?P<{name.replace('-', '__')}>{piece})"

    return re.compile("".join(map(part, re.split(r"(\{[^}]+\})", uri.rstrip("/")))) + "/?")
