"""IAM Access Analyzer: analyzers."""

from typing import Any

from .. import ACCOUNT
from .calls import ApiError, Call, route


@route("access-analyzer", "PUT", "/analyzer")
def create_analyzer(call: Call) -> dict[str, Any]:
    name = call.wanted["analyzerName"]
    arn = f"arn:aws:access-analyzer:{call.region}:{ACCOUNT}:analyzer/{name}"
    call.store("analyzers")[name] = {
        "arn": arn,
        "name": name,
        "type": call.wanted["type"],
        "status": "ACTIVE",
        "createdAt": "2020-01-01T00:00:00Z",
        "tags": call.wanted.get("tags") or {},
        **({"configuration": call.wanted["configuration"]} if call.wanted.get("configuration") else {}),
    }
    return {"arn": arn}


def _analyzer(call: Call) -> dict[str, Any]:
    try:
        return call.store("analyzers")[call.path["name"]]
    except KeyError:
        raise ApiError("ResourceNotFoundException", "Could not find the analyzer", 404) from None


@route("access-analyzer", "GET", "/analyzer/(?P<name>[^/]+)")
def get_analyzer(call: Call) -> dict[str, Any]:
    return {"analyzer": _analyzer(call)}


@route("access-analyzer", "DELETE", "/analyzer/(?P<name>[^/]+)")
def delete_analyzer(call: Call) -> None:
    _analyzer(call)
    call.store("analyzers").pop(call.path["name"])


@route("access-analyzer", "GET", "/tags/(?P<arn>.+)")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    tags = [one["tags"] for one in call.store("analyzers").values() if one["arn"] == call.path["arn"]]
    return {"tags": tags[0] if tags else {}}
