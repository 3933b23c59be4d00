"""Calls that moto does not know at all, answered here: a route and a few lines of state each, one service a file."""

from importlib import import_module

from .calls import answer_to as answer_to

NAMES = (
    "accessanalyzer",
    "anomalies",
    "layers",
    "pullthrough",
    "queries",
    "quotas",
    "xray",
)


def load() -> None:
    for name in NAMES:
        import_module(f"{__name__}.{name}")
