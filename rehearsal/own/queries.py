"""CloudWatch Logs: saved queries of Logs Insights."""

import uuid
from typing import Any

from .calls import Call, route


@route("logs", target="PutQueryDefinition")
def put(call: Call) -> dict[str, Any]:
    name = call.wanted.get("queryDefinitionId") or str(uuid.uuid4())
    wanted = {key: value for key, value in call.wanted.items() if key != "clientToken"}
    call.store("queries")[name] = {**wanted, "queryDefinitionId": name, "lastModified": 0}
    return {"queryDefinitionId": name}


@route("logs", target="DescribeQueryDefinitions")
def describe(call: Call) -> dict[str, Any]:
    prefix = call.wanted.get("queryDefinitionNamePrefix", "")
    return {"queryDefinitions": [one for one in call.store("queries").values() if one["name"].startswith(prefix)]}


@route("logs", target="DeleteQueryDefinition")
def delete(call: Call) -> dict[str, Any]:
    return {"success": call.store("queries").pop(call.wanted["queryDefinitionId"], None) is not None}
