"""The rules, by service and call. A rule yields what it refuses."""

from collections.abc import Callable, Iterator

from ...access.call import Call
from ...access.refusal import Refusal

Rule = Callable[[Call], Iterator[Refusal]]
#: By what requests are signed for; the call is `*` for rules of all calls.
RULES: dict[tuple[str, str], list[Rule]] = {}


def rule(service: str, *operations: str) -> Callable[[Rule], Rule]:
    def decorate(function: Rule) -> Rule:
        for operation in operations:
            RULES.setdefault((service, operation), []).append(function)
        return function

    return decorate


def refusal(call: Call) -> Refusal | None:
    """The first."""
    rules = [*RULES.get((call.service, "*"), ()), *RULES.get((call.service, call.operation), ())]
    return next((found for one in rules for found in one(call)), None)
