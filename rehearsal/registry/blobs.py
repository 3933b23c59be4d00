"""Blobs and uploads, in files: a layer of a gigabyte must not sit in memory.

The files are shared by all repositories and all forks; which repository has which blob is said by the repository."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..http import CHUNK
from .errors import RegistryError


class Blobs:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("sha256", "uploads"):
            (directory / name).mkdir(parents=True, exist_ok=True)

    def size(self, digest: str) -> int:
        return self._file(digest).stat().st_size

    def read(self, digest: str) -> Iterator[bytes]:
        with self._file(digest).open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece

    def begin(self) -> str:
        upload = str(uuid.uuid4())
        self._upload(upload).touch()
        return upload

    def offset(self, upload: str) -> int:
        try:
            return self._upload(upload).stat().st_size
        except FileNotFoundError:
            raise RegistryError(404, "BLOB_UPLOAD_UNKNOWN", f"there is no upload '{upload}'") from None

    def append(self, upload: str, pieces: Iterable[bytes]) -> int:
        self.offset(upload)
        with self._upload(upload).open("ab") as file:
            for piece in pieces:
                file.write(piece)
        return self.offset(upload)

    def finish(self, upload: str, digest: str) -> None:
        with self._upload(upload).open("rb") as file:
            found = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        if found != digest:
            self.cancel(upload)
            raise RegistryError(400, "DIGEST_INVALID", f"the upload is '{found}', not '{digest}'")
        os.replace(self._upload(upload), self._file(digest))

    def cancel(self, upload: str) -> None:
        self.offset(upload)
        self._upload(upload).unlink()

    def _file(self, digest: str) -> Path:
        return self.directory / "sha256" / digest.removeprefix("sha256:")

    def _upload(self, upload: str) -> Path:
        return self.directory / "uploads" / upload
