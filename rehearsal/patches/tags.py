"""Tags for services whose moto model has none. They are kept with the backend, so a reset of moto clears them."""

from typing import Any


def of(backend: Any, arn: str) -> dict[str, str]:
    """The tags of a resource, to be read and changed."""
    return backend.__dict__.setdefault("_rehearsal_tags", {}).setdefault(arn, {})


def as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def from_list(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}
