"""Image references: what ECS pulls, and whether it is there."""

import re

from moto.ecr.models import Repository, ecr_backends

REFERENCE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>.+))?$"
)


def _lookup(reference: str) -> tuple[Repository | None, re.Match | None]:
    match = REFERENCE.match(reference)
    if match is None:
        return None, None
    return ecr_backends[match["account"]][match["region"]].repositories.get(match["name"]), match


def is_private(reference: str) -> bool:
    return REFERENCE.match(reference) is not None


def repository_of(reference: str) -> str:
    """The ARN of the repository that a private image is in."""
    match = REFERENCE.match(reference)
    return f"arn:aws:ecr:{match['region']}:{match['account']}:repository/{match['name']}"


def digest_of(account: str, reference: str) -> str | None:
    """The digest that a reference names, or that its tag stands for now."""
    if "@" in reference:
        return reference.partition("@")[2]
    repository, match = _lookup(reference)
    if repository is None:
        return None
    return next((one.image_digest for one in repository.images if (match["tag"] or "latest") in one.image_tags), None)


def can_be_pulled(reference: str) -> bool:
    """Whether our registry has it. Images of other registries are taken on trust."""
    repository, match = _lookup(reference)
    if match is None:
        return True
    wanted = match["digest"] or match["tag"] or "latest"
    return repository is not None and any(
        wanted == one.image_digest or wanted in one.image_tags for one in repository.images
    )
