"""X-Ray: groups, sampling rules, encryption."""

from typing import Any

from .. import ACCOUNT
from .calls import ApiError, Call, route

RULE_DEFAULTS = {"Attributes": {}, "Version": 1}


@route("xray", path="/CreateGroup")
def create_group(call: Call) -> dict[str, Any]:
    name = call.wanted["GroupName"]
    arn = f"arn:aws:xray:{call.region}:{ACCOUNT}:group/{name}/REHEARSAL"
    group = {
        "GroupName": name,
        "GroupARN": arn,
        "FilterExpression": call.wanted.get("FilterExpression", ""),
        "InsightsConfiguration": {"InsightsEnabled": False, "NotificationsEnabled": False}
        | (call.wanted.get("InsightsConfiguration") or {}),
    }
    call.store("groups")[arn] = group
    call.store("tags")[arn] = call.wanted.get("Tags") or []
    return {"Group": group}


def _group(call: Call) -> dict[str, Any]:
    for arn, group in call.store("groups").items():
        if arn == call.wanted.get("GroupARN") or group["GroupName"] == call.wanted.get("GroupName"):
            return group
    raise ApiError("InvalidRequestException", "Group not found")


@route("xray", path="/GetGroup")
def get_group(call: Call) -> dict[str, Any]:
    return {"Group": _group(call)}


@route("xray", path="/Groups")
def get_groups(call: Call) -> dict[str, Any]:
    return {"Groups": list(call.store("groups").values())}


@route("xray", path="/UpdateGroup")
def update_group(call: Call) -> dict[str, Any]:
    group = _group(call)
    for name in ("FilterExpression", "InsightsConfiguration"):
        if name in call.wanted:
            group[name] = call.wanted[name]
    return {"Group": group}


@route("xray", path="/DeleteGroup")
def delete_group(call: Call) -> None:
    call.store("groups").pop(_group(call)["GroupARN"])


@route("xray", path="/CreateSamplingRule")
def create_sampling_rule(call: Call) -> dict[str, Any]:
    rule = RULE_DEFAULTS | call.wanted["SamplingRule"]
    rule["RuleARN"] = f"arn:aws:xray:{call.region}:{ACCOUNT}:sampling-rule/{rule['RuleName']}"
    call.store("rules")[rule["RuleName"]] = rule
    call.store("tags")[rule["RuleARN"]] = call.wanted.get("Tags") or []
    return _record(rule)


def _record(rule: dict[str, Any]) -> dict[str, Any]:
    return {"SamplingRuleRecord": {"SamplingRule": rule, "CreatedAt": 0, "ModifiedAt": 0}}


def _rule(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    for name, rule in call.store("rules").items():
        if name == wanted.get("RuleName") or rule["RuleARN"] == wanted.get("RuleARN"):
            return rule
    raise ApiError("InvalidRequestException", "Sampling rule not found")


@route("xray", path="/GetSamplingRules")
def get_sampling_rules(call: Call) -> dict[str, Any]:
    return {"SamplingRuleRecords": [_record(rule)["SamplingRuleRecord"] for rule in call.store("rules").values()]}


@route("xray", path="/UpdateSamplingRule")
def update_sampling_rule(call: Call) -> dict[str, Any]:
    change = call.wanted["SamplingRuleUpdate"]
    rule = _rule(call, change)
    rule.update({name: value for name, value in change.items() if name not in ("RuleName", "RuleARN")})
    return _record(rule)


@route("xray", path="/DeleteSamplingRule")
def delete_sampling_rule(call: Call) -> dict[str, Any]:
    rule = _rule(call, call.wanted)
    call.store("rules").pop(rule["RuleName"])
    return _record(rule)


@route("xray", path="/EncryptionConfig")
def get_encryption_config(call: Call) -> dict[str, Any]:
    return {"EncryptionConfig": {"Type": "NONE", "Status": "ACTIVE"} | call.store("encryption")}


@route("xray", path="/PutEncryptionConfig")
def put_encryption_config(call: Call) -> dict[str, Any]:
    call.store("encryption").clear()
    call.store("encryption").update(call.wanted)
    return get_encryption_config(call)


@route("xray", path="/ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"Tags": call.store("tags").get(call.wanted["ResourceARN"], [])}
