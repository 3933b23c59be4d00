"""The paths under /v2/."""

import re
import threading
from pathlib import Path

from moto.ecr.models import Repository

from .. import address
from ..http import Request, Response, answer
from . import repository as images
from . import token as tokens
from .blobs import Blobs
from .errors import RegistryError, unsupported
from .uploads import Uploads

PATH = re.compile(r"^/v2/(?P<name>.+?)/(?P<kind>blobs|manifests|tags|referrers)/(?P<rest>.*)$")
INDEX = "application/vnd.oci.image.index.v1+json"
#: Referrers that are listed at once.
PAGE = 50
VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}


class Registry:
    def __init__(self, blobs: Path) -> None:
        self.blobs = Blobs(blobs)
        self.uploads = Uploads(self.blobs)
        self.lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        try:
            response = self._handle(request)
        except RegistryError as error:
            response = error.response()
        response.headers.update(VERSION)
        return response

    def _handle(self, request: Request) -> Response:
        token = tokens.read(request.header("Authorization"))
        if request.path in ("/v2", "/v2/"):
            return answer(200, {})
        path = PATH.match(request.path)
        if path is None:
            raise unsupported(request.path)
        name, rest = path["name"], path["rest"]
        repository = images.find(token, name)
        match path["kind"]:
            case "blobs" if rest.startswith("uploads/"):
                return self.uploads.handle(request, repository, rest.removeprefix("uploads/"))
            case "blobs":
                return self._blob(request, repository, rest)
            case "manifests":
                return self._manifest(request, repository, rest)
            case "tags":
                return self._tags(request, repository)
        return self._referrers(request, repository, rest)

    def _blob(self, request: Request, repository: Repository, digest: str) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise unsupported(f"{request.method} of a blob")
        if digest not in repository.blobs:
            raise RegistryError(404, "BLOB_UNKNOWN", f"blob '{digest}' is not in '{repository.name}'")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(self.blobs.size(digest)),
            "Docker-Content-Digest": digest,
        }
        return Response(200, self.blobs.read(digest), headers)

    def _manifest(self, request: Request, repository: Repository, reference: str) -> Response:
        if request.method == "PUT":
            media_type, body = request.header("Content-Type"), request.body()
            with self.lock:
                digest = images.put(repository, reference, media_type, body)
            location = f"{address.get()}/v2/{repository.name}/manifests/{digest}"
            return Response(201, b"", {"Docker-Content-Digest": digest, "Location": location})
        if request.method not in ("GET", "HEAD"):
            raise unsupported(f"{request.method} of a manifest")
        image = images.image(repository, reference)
        headers = {"Content-Type": image.image_manifest_media_type, "Docker-Content-Digest": image.image_digest}
        return Response(200, image.image_manifest.encode(), headers)

    def _referrers(self, request: Request, repository: Repository, subject: str) -> Response:
        """Fifty on a page, whatever kind was asked for."""
        if request.method != "GET":
            raise unsupported(f"{request.method} of referrers")
        listed, start = images.referrers(repository, subject), int(request.query.get("nextToken", 0))
        page, end = listed[start : start + PAGE], start + PAGE
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": page}
        response = answer(200, index)
        response.headers["Content-Type"] = INDEX
        if end < len(listed):
            response.headers["Link"] = f'</v2/{repository.name}/referrers/{subject}?nextToken={end}>; rel="next"'
        return response

    def _tags(self, request: Request, repository: Repository) -> Response:
        tags = sorted(tag for image in repository.images for tag in image.image_tags)
        after, most = request.query.get("last", ""), int(request.query.get("n", 1000))
        page = [tag for tag in tags if tag > after][:most]
        more = {}
        if page and page[-1] != tags[-1]:
            more["Link"] = f'</v2/{repository.name}/tags/list?n={most}&last={page[-1]}>; rel="next"'
        return answer(200, {"name": repository.name, "tags": page}, **more)
