"""ECR: pull-through cache rules. Nothing is pulled through."""

from typing import Any

from .. import ACCOUNT
from .calls import ApiError, Call, route


@route("ecr", target="CreatePullThroughCacheRule")
def create(call: Call) -> dict[str, Any]:
    rule = {
        "registryId": ACCOUNT,
        "createdAt": 0,
        "updatedAt": 0,
        **call.wanted,
    }
    call.store("rules")[rule["ecrRepositoryPrefix"]] = rule
    return rule


@route("ecr", target="DescribePullThroughCacheRules")
def describe(call: Call) -> dict[str, Any]:
    known = call.store("rules")
    wanted = call.wanted.get("ecrRepositoryPrefixes") or list(known)
    for prefix in wanted:
        if prefix not in known:
            raise ApiError("PullThroughCacheRuleNotFoundException", f"There is no rule for '{prefix}'")
    return {"pullThroughCacheRules": [known[prefix] for prefix in wanted]}


@route("ecr", target="UpdatePullThroughCacheRule")
def update(call: Call) -> dict[str, Any]:
    rule = call.store("rules")[call.wanted["ecrRepositoryPrefix"]]
    rule.update(call.wanted)
    return rule


@route("ecr", target="DeletePullThroughCacheRule")
def delete(call: Call) -> dict[str, Any]:
    return call.store("rules").pop(call.wanted["ecrRepositoryPrefix"])
