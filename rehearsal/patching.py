"""How moto is changed: loudly. A name that is not what it was when the patch was written ends the start."""

import functools
from collections.abc import Callable
from typing import Any

import moto

MOTO = "5.2.1"


class Mismatch(Exception):
    """The moto at hand is not the one that the patches were written for."""


def check_version() -> None:
    if moto.__version__ != MOTO:
        raise Mismatch(
            f"the patches are for moto `{MOTO}`, installed is `{moto.__version__}`\n"
            "hint: pip install -r rehearsal/requirements.txt"
        )


def original(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        where = getattr(owner, "__qualname__", getattr(owner, "__name__", owner))
        raise Mismatch(
            f"moto has no `{where}.{name}` to patch\nhint: read what replaced it, and adapt or drop the patch"
        ) from None


def replace(owner: Any, name: str) -> Callable:
    """Puts a function in the place of one that exists."""
    original(owner, name)

    def decorate(function: Any) -> Any:
        setattr(owner, name, function)
        return function

    return decorate


def wrap(owner: Any, name: str) -> Callable:
    """As `replace`, and hands the function what it replaces as its first argument."""
    before = original(owner, name)

    def decorate(function: Callable) -> Callable:
        @functools.wraps(before)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return function(before, *args, **kwargs)

        setattr(owner, name, wrapper)
        return function

    return decorate


def add(owner: Any, name: str) -> Callable:
    """Adds what moto does not have; when it has learnt it, ours is to go."""
    if hasattr(owner, name):
        raise Mismatch(f"moto has `{owner.__qualname__}.{name}` now\nhint: drop the patch")

    def decorate(function: Any) -> Any:
        setattr(owner, name, function)
        return function

    return decorate
