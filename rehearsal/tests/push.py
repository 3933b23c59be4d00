"""A small pusher: what a registry client does, in a page."""

import base64
import hashlib
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from conftest import Account

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+zstd"
CONFIG = "application/vnd.oci.image.config.v1+json"


def digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    def code(self) -> str:
        return json.loads(self.body)["errors"][0]["code"]


@dataclass
class Registry:
    account: Account
    region: str = "us-east-1"
    token: str = field(init=False)

    def __post_init__(self) -> None:
        [data] = self.account.client("ecr", self.region).get_authorization_token()["authorizationData"]
        self.token = data["authorizationToken"]
        assert data["proxyEndpoint"] == self.account.address
        assert base64.b64decode(self.token).startswith(b"AWS:")

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        url = path if path.startswith("http") else f"{self.account.address}/v2/{path}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("Authorization", f"Basic {self.token}")
        request = urllib.request.Request(url, body, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def blob(self, name: str, body: bytes) -> dict[str, Any]:
        begun = self.ask("POST", f"{name}/blobs/uploads/")
        assert begun.status == 202, begun
        done = self.ask("PUT", f"{begun.headers['Location']}?digest={digest(body)}", body)
        assert done.status == 201, done
        return {"digest": digest(body), "size": len(body)}

    def manifest(self, name: str, reference: str | None, body: bytes, kind: str = MANIFEST) -> Answer:
        return self.ask("PUT", f"{name}/manifests/{reference or digest(body)}", body, Content_Type=kind)

    def image(self, name: str, layer: bytes) -> bytes:
        """Blobs pushed; gives the bytes of the manifest."""
        config = {"mediaType": CONFIG, **self.blob(name, b"{}")}
        layers = [{"mediaType": LAYER, **self.blob(name, layer)}]
        return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}).encode()
