"""What a call needs: actions on resources, by the table in actions.toml."""

import itertools
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import ACCOUNT
from . import derived
from .call import Call

TABLE: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "actions.toml").read_text())
LINE = re.compile(r"(?:(?P<action>[a-z0-9-]+:[A-Za-z]+) )?(?P<resource>[^ ]+)(?P<rest>(?: [^ ]+)*)")
PLACE = re.compile(r"\{([^}]+)\}")
#: Where the tags of a new resource are, by the services' own habits.
TAGS = ("tags", "Tags", "TagList", "TagSpecifications", "ResourceTags", "HostedZoneTags")
TAGGING = {"TagResource", "AddTags", "AddTagsToResource", "CreateTags", "AddTagsToCertificate", "TagRole"}
#: What a request has if it does not say which.
DEFAULTS = {"ecs": {"cluster": "default"}}


@dataclass(frozen=True)
class Need:
    action: str
    resources: tuple[str, ...]
    context: dict[str, Any] = field(default_factory=dict)


class Unmapped(Exception):
    """The table does not have the call: it has to be completed, since a guess would be no judgement."""


def needs(call: Call) -> list[Need]:
    service = TABLE.get(call.service, {})
    lines = service.get("calls", {}).get(call.operation)
    if lines is None:
        raise Unmapped(f"`{call.service}` `{call.operation}` is not in rehearsal/access/actions.toml")
    values = {**DEFAULTS.get(call.service, {}), **call.parameters, "account": ACCOUNT, "region": call.region}
    values |= derived.values(call)
    written = [lines] if isinstance(lines, str) else lines
    found = [_need(call, line, values, first=index == 0) for index, line in enumerate(written)]
    found = [need for need in found if need]
    tags = _tags(call)
    if tags and "tags" in service and call.operation not in TAGGING:
        action = f"{_prefix(call)}:{PLACE.sub(lambda place: values[place[1]], service['tags'])}"
        found.append(Need(action, found[0].resources, {f"{_prefix(call)}:CreateAction": call.operation}))
    return [Need(need.action, need.resources, {**tags, **need.context}) for need in found]


def _prefix(call: Call) -> str:
    return TABLE[call.service].get("prefix", call.service)


def _need(call: Call, line: str, values: dict[str, Any], first: bool) -> Need | None:
    parts = LINE.fullmatch(line)
    action = parts["action"] or f"{_prefix(call)}:{call.operation}"
    context = {}
    for word in parts["rest"].split():
        if word.startswith("?"):
            if bool(_value(values, word.lstrip("?!"))) == word.startswith("?!"):
                return None
            continue
        key, _, value = word.partition("=")
        if all(_value(values, name) for name in PLACE.findall(value)):
            context[key] = _filled(value, values)[0]
    resource = parts["resource"]
    whole = PLACE.fullmatch(resource)
    if whole and not _value(values, whole[1]):
        return Need(action, ("*",), context) if first else None
    service = action.partition(":")[0]
    if resource != "*":
        resource = tuple(_arn(call, service, text) for text in _filled(resource, values))
    return Need(action, tuple(resource), context)


def _arn(call: Call, service: str, resource: str) -> str:
    if resource.startswith("arn:"):
        return resource
    written = TABLE.get(service, {}).get("arn", f"arn:aws:{service}:{call.region}:{{account}}:")
    return written.replace("{account}", ACCOUNT) + resource


def _value(values: dict[str, Any], path: str) -> Any:
    value: Any = values
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _filled(template: str, values: dict[str, Any]) -> list[str]:
    """The template with its places filled, once for each value of a list."""
    names = PLACE.findall(template)
    whole = PLACE.fullmatch(template) is not None
    choices = []
    for name in names:
        value = _value(values, name)
        texts = [str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")] or ["*"]
        choices.append([text if whole or not text.startswith("arn:") else text.split("/")[-1] for text in texts])
    filled = []
    for chosen in itertools.product(*choices):
        each = iter(chosen)
        filled.append(PLACE.sub(lambda _, each=each: next(each), template))
    return filled


def _tags(call: Call) -> dict[str, Any]:
    """The keys of conditions that a request's tags are."""
    found: dict[str, str] = {}
    for name in TAGS:
        tags = call.parameters.get(name) or []
        if name == "TagSpecifications":
            tags = [tag for one in tags for tag in one.get("Tags", [])]
        if isinstance(tags, dict):
            tags = tags.get("Items") or [{"Key": key, "Value": value} for key, value in tags.items()]
        for tag in tags:
            lower = {key.lower().removeprefix("tag"): value for key, value in tag.items()}
            found[lower["key"]] = lower.get("value", "")
    if not found:
        return {}
    return {"aws:TagKeys": list(found), **{f"aws:RequestTag/{key}": value for key, value in found.items()}}
