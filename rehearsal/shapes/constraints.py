"""What AWS's models demand of a value: required, enum, length, range, pattern. The words are those of AWS's own frameworks.

https://smithy.io/2.0/spec/constraint-traits.html"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.core.model import Shape

#: Java's classes as Python has them, or a little more. A pattern with another one is not judged.
CLASSES = {
    "L": r"\w",
    "M": r"\w",
    "N": r"\w",
    "Z": r"\s",
    "Alpha": "a-zA-Z",
    "Alnum": "a-zA-Z0-9",
    "ASCII": r"\x00-\x7f",
    "Graph": r"\x21-\x7e",
    "Print": r"\x20-\x7e",
    "Space": r"\s",
}
#: What else Java writes and Python does not: what it has two characters for, a range after a class, capitals in the middle.
WORDS = {
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    r"\ud800\udc00-\udbff\udfff": r"\U00010000-\U0010FFFF",
    r"\p{Z}-_": r"\p{Z}_\-",
    "(?i)": "",
}
PIECE = re.compile(r"\\p\{(?P<name>\w+)\}|\\.|[\[\]]|[^\\\[\]]+")


@dataclass(frozen=True)
class Violation:
    #: As AWS writes it: `tags.1.member.key`.
    path: str
    value: Any
    #: What it must: `have length greater than or equal to 2`. Nothing if it is not there at all.
    demand: str | None

    @property
    def told(self) -> str:
        """https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html has the code; the sentence is everywhere."""
        value = "null" if self.demand is None else f"'{self.value}'"
        return f"Value {value} at '{self.path}' failed to satisfy constraint: Member must {self.must}"

    @property
    def must(self) -> str:
        return self.demand or "not be null"


def violations(shape: Shape, value: Any, path: str = "") -> Iterator[Violation]:
    match shape.type_name:
        case "structure":
            yield from _structure(shape, value, path)
        case "list":
            yield from _bounds(shape, value, path, len(value), "length")
            for index, one in enumerate(value, 1):
                yield from violations(shape.member, one, f"{path}.{index}.member")
        case "map":
            yield from _bounds(shape, value, path, len(value), "length")
            for key, one in value.items():
                yield from violations(shape.key, key, f"{path}.{key}.key")
                yield from violations(shape.value, one, f"{path}.{key}.value")
        case "string":
            yield from _string(shape, value, path)
        case "integer" | "long" | "float" | "double":
            yield from _bounds(shape, value, path, value, "value")


def _structure(shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    # A document has no shape.
    if not isinstance(value, dict) or getattr(shape, "is_document_type", False):
        return
    payload = shape.serialization.get("payload")
    for name, member in shape.members.items():
        if name == payload and member.type_name in ("blob", "string"):
            continue
        inner = f"{path}.{_lower(name)}" if path else _lower(name)
        found = value.get(name)
        if found is not None:
            yield from violations(member, found, inner)
        elif name in shape.required_members:
            yield Violation(inner, None, None)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _string(shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, str):
        return
    yield from _bounds(shape, value, path, len(value), "length")
    written = shape.metadata.get("pattern")
    if written and (pattern := compiled(written)) and not pattern(value):
        yield Violation(path, value, f"satisfy regular expression pattern: {written}")
    if shape.enum and value not in shape.enum:
        yield Violation(path, value, f"satisfy enum value set: [{', '.join(shape.enum)}]")


def _bounds(shape: Shape, value: Any, path: str, size: float, of: str) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield Violation(path, value, f"have {of} greater than or equal to {least}")
    if most is not None and size > most:
        yield Violation(path, value, f"have {of} less than or equal to {most}")


@functools.cache
def compiled(written: str) -> Any:
    """A pattern has to match all of a value, unless it says itself where it begins or ends. None if Python cannot."""
    try:
        pattern = re.compile(_in_python(written))
    except (KeyError, re.error):
        return None
    return pattern.search if written.startswith("^") or written.endswith("$") else pattern.fullmatch


def _in_python(written: str) -> str:
    for java, python in WORDS.items():
        written = written.replace(java, python)
    is_inside, pieces = False, []
    for piece in PIECE.finditer(written):
        text = piece[0]
        if piece["name"]:
            text = CLASSES[piece["name"]] if is_inside else f"[{CLASSES[piece['name']]}]"
        elif text in "[]":
            is_inside = text == "["
        pieces.append(text)
    return "".join(pieces)
