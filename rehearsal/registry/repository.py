"""Manifests and tags: moto's images, so that `describe-images` sees what was pushed."""

import hashlib
import json
from typing import Any

from moto.ecr.models import Image, Repository, ecr_backends

from .errors import RegistryError, name_unknown, tag_is_immutable
from .token import Token


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def find(token: Token, name: str) -> Repository:
    repository = ecr_backends[token.account][token.region].repositories.get(name)
    if repository is None:
        raise name_unknown(name, token.account)
    return repository


def image(repository: Repository, reference: str) -> Image:
    for candidate in repository.images:
        if reference == candidate.image_digest or reference in candidate.image_tags:
            return candidate
    raise RegistryError(404, "MANIFEST_UNKNOWN", f"Requested image not found: '{reference}'")


def put(repository: Repository, reference: str, media_type: str, body: bytes) -> str:
    """Stores a manifest under its digest and, where the reference is one, under a tag."""
    digest = digest_of(body)
    manifest = _parse(body)
    tag = None if reference.startswith("sha256:") else reference
    if tag is None and reference != digest:
        raise RegistryError(400, "DIGEST_INVALID", f"the manifest is '{digest}', not '{reference}'")
    _require_parts(repository, manifest)
    if tag is not None:
        _free(repository, tag, digest)
    stored = next((one for one in repository.images if one.image_digest == digest), None)
    if stored is None:
        kind = media_type or manifest.get("mediaType", "")
        stored = Image(repository.account_id, None, body.decode(), repository.name, kind, digest)
        repository.images.append(stored)
    if tag is not None:
        stored.update_tag(tag)
    return digest


def referrers(repository: Repository, subject: str) -> list[dict[str, Any]]:
    """What refers to a manifest, as the index of referrers has it."""
    found = []
    for one in repository.images:
        manifest = json.loads(one.image_manifest)
        if manifest.get("subject", {}).get("digest") != subject:
            continue
        listed = {
            "mediaType": one.image_manifest_media_type,
            "digest": one.image_digest,
            "size": len(one.image_manifest.encode()),
        }
        listed["artifactType"] = manifest.get("artifactType") or manifest.get("config", {}).get("mediaType", "")
        found.append({**listed, **({"annotations": manifest["annotations"]} if "annotations" in manifest else {})})
    return found


def mentions(repository: Repository, digest: str) -> bool:
    """Whether an image here has the blob: ECR mounts no blob that no manifest names."""
    return any(digest in _parts(json.loads(one.image_manifest)) for one in repository.images)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(body)
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or not ("layers" in manifest or "manifests" in manifest):
        raise RegistryError(400, "MANIFEST_INVALID", "the manifest is neither an image nor an index")
    return manifest


def _parts(manifest: dict[str, Any]) -> list[str]:
    parts = [manifest["config"]] if "config" in manifest else []
    return [part["digest"] for part in [*parts, *manifest.get("layers", [])]]


def _require_parts(repository: Repository, manifest: dict[str, Any]) -> None:
    for digest in _parts(manifest):
        if digest not in repository.blobs:
            raise RegistryError(400, "MANIFEST_BLOB_UNKNOWN", f"blob '{digest}' is not in '{repository.name}'")
    present = {one.image_digest for one in repository.images}
    for child in manifest.get("manifests", []):
        if child["digest"] not in present:
            raise RegistryError(400, "MANIFEST_BLOB_UNKNOWN", f"manifest '{child['digest']}' is not in '{repository.name}'")


def _free(repository: Repository, tag: str, digest: str) -> None:
    """Takes a tag from the image that has it, where the repository lets tags move."""
    holder = next((one for one in repository.images if tag in one.image_tags), None)
    if holder is None or holder.image_digest == digest:
        return
    if repository.is_tag_immutable():
        raise tag_is_immutable(tag, repository.name)
    holder.remove_tag(tag)
    if not holder.image_tags:
        holder.image_tag = None
