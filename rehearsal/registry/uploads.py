"""Uploads: whole, in pieces, or saved by a mount."""

import re

from moto.ecr.models import Repository, ecr_backends

from .. import address
from ..http import Request, Response
from . import repository as images
from .blobs import Blobs
from .errors import RegistryError, unsupported

DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")


class Uploads:
    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs

    def handle(self, request: Request, repository: Repository, upload: str) -> Response:
        match request.method:
            case "POST" if not upload:
                return self._begin(request, repository)
            case "PATCH":
                return self._patch(request, repository, upload)
            case "PUT":
                self.blobs.append(upload, request.chunks())
                return self._finish(request, repository, upload)
            case "GET":
                return self._progress(204, repository, upload)
            case "DELETE":
                self.blobs.cancel(upload)
                return Response(204)
        raise unsupported(f"{request.method} of an upload")

    def _begin(self, request: Request, repository: Repository) -> Response:
        query = request.query
        if "mount" in query and _mount(repository, query["mount"], query.get("from", "")):
            return _created(repository, query["mount"])
        upload = self.blobs.begin()
        if "digest" in query:
            self.blobs.append(upload, request.chunks())
            return self._finish(request, repository, upload)
        return self._progress(202, repository, upload)

    def _patch(self, request: Request, repository: Repository, upload: str) -> Response:
        start = request.header("Content-Range").removeprefix("bytes ").partition("-")[0]
        if start and int(start) != self.blobs.offset(upload):
            return self._progress(416, repository, upload)
        self.blobs.append(upload, request.chunks())
        return self._progress(202, repository, upload)

    def _finish(self, request: Request, repository: Repository, upload: str) -> Response:
        digest = request.query.get("digest", "")
        if not DIGEST.match(digest):
            raise RegistryError(400, "DIGEST_INVALID", f"'{digest}' is no digest")
        self.blobs.finish(upload, digest)
        repository.blobs.add(digest)
        return _created(repository, digest)

    def _progress(self, status: int, repository: Repository, upload: str) -> Response:
        location = f"{address.get()}/v2/{repository.name}/blobs/uploads/{upload}"
        last = max(self.blobs.offset(upload) - 1, 0)
        return Response(status, b"", {"Location": location, "Range": f"0-{last}", "Docker-Upload-UUID": upload})


def _mount(repository: Repository, digest: str, source: str) -> bool:
    """Whether the blob came from a sibling. An image there must name it, and the account must not have said no."""
    backend = ecr_backends[repository.account_id][repository.region_name]
    sibling = backend.repositories.get(source)
    if backend.account_settings.get("BLOB_MOUNTING") == "DISABLED" or sibling is None:
        return False
    if not images.mentions(sibling, digest):
        return False
    repository.blobs.add(digest)
    return True


def _created(repository: Repository, digest: str) -> Response:
    location = f"{address.get()}/v2/{repository.name}/blobs/{digest}"
    return Response(201, b"", {"Location": location, "Docker-Content-Digest": digest})
