"""CloudWatch Logs: filter patterns over JSON, `{ $.level = "ERROR" && $.status >= 500 }`, which in moto match everything;
`?ONE ?OTHER` and `-WITHOUT`, too."""

import json
import operator
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from moto.logs.utils import EventMessageFilter

from ..patching import wrap

COMPARISON = re.compile(
    r'\s*\(?\s*\$(?P<path>[.\w\[\]"-]+)\s*(?P<sign>!=|>=|<=|=|>|<)\s*(?P<value>"[^"]*"|[^\s)]+)\s*\)?\s*'
)
NUMERIC: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def _found(document: Any, path: str) -> Any:
    for part in re.findall(r"[\w-]+", path):
        if isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            return None
    return document


def _holds(comparison: str, document: Any) -> bool:
    match = COMPARISON.fullmatch(comparison)
    if match is None:
        return False
    found, sign, value = _found(document, match["path"]), match["sign"], match["value"].strip('"')
    if sign in NUMERIC:
        try:
            return NUMERIC[sign](float(found), float(value))
        except (TypeError, ValueError):
            return False
    text = found if isinstance(found, str) else json.dumps(found)
    return found is not None and fnmatchcase(text, value) == (sign == "=")


def matches(pattern: str, message: str) -> bool:
    pattern = pattern.strip()
    if not pattern.startswith("{"):
        terms = re.findall(r'[?-]?"[^"]*"|\S+', pattern)
        some = [term[1:].strip('"') for term in terms if term.startswith("?")]
        without = [term[1:].strip('"') for term in terms if term.startswith("-")]
        every = [term.strip('"') for term in terms if term[0] not in "?-"]
        return (
            all(term in message for term in every)
            and not any(term in message for term in without)
            and (not some or any(term in message for term in some))
        )
    try:
        document = json.loads(message)
    except ValueError:
        return False
    alternatives = pattern.strip("{} ").split("||")
    return any(all(_holds(one, document) for one in alternative.split("&&")) for alternative in alternatives)


@wrap(EventMessageFilter, "__init__")
def filter_init(original: Any, self: EventMessageFilter, pattern: str) -> None:
    original(self, pattern)
    self.rehearsed_pattern = pattern or ""


@wrap(EventMessageFilter, "matches")
def filter_matches(original: Any, self: EventMessageFilter, message: str) -> bool:
    return matches(self.rehearsed_pattern, message)
