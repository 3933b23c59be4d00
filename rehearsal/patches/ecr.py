"""ECR: true digests and sizes, a token that lives, and the account's settings."""

import datetime
import json

from moto.core.responses import ActionResult
from moto.ecr.models import ECRBackend, Image, Repository
from moto.ecr.responses import ECRResponse

from .. import address
from ..patching import add, replace, wrap
from ..registry.repository import digest_of
from ..registry.token import Token


@replace(Image, "_create_digest")
def create_digest(self: Image) -> None:
    self._image_digest = digest_of(self.image_manifest.encode())


@replace(Image, "get_image_size_in_bytes")
def size_in_bytes(self: Image) -> int | None:
    layers = json.loads(self.image_manifest).get("layers")
    return None if layers is None else sum(layer["size"] for layer in layers)


@replace(ECRResponse, "get_authorization_token")
def get_authorization_token(self: ECRResponse) -> ActionResult:
    accounts = self._get_param("registryIds") or [self.current_account]
    tokens = [Token.new(account, self.region) for account in accounts]
    return ActionResult(
        {
            "authorizationData": [
                {
                    "authorizationToken": token.encoded(),
                    "expiresAt": datetime.datetime.fromtimestamp(token.expires, datetime.UTC),
                    "proxyEndpoint": address.get(),
                }
                for token in tokens
            ]
        }
    )


@wrap(ECRBackend, "__init__")
def backend_init(original, self: ECRBackend, *arguments, **named) -> None:
    original(self, *arguments, **named)
    self.account_settings = {}


@wrap(Repository, "__init__")
def repository_init(original, self: Repository, *arguments, **named) -> None:
    original(self, *arguments, **named)
    #: Digests of the blobs that can be pulled from here.
    self.blobs = set()


@add(ECRResponse, "put_account_setting")
def put_account_setting(self: ECRResponse) -> ActionResult:
    name, value = self._get_param("name"), self._get_param("value")
    self.ecr_backend.account_settings[name] = value
    return ActionResult({"name": name, "value": value})


@add(ECRResponse, "get_account_setting")
def get_account_setting(self: ECRResponse) -> ActionResult:
    name = self._get_param("name")
    return ActionResult({"name": name, "value": self.ecr_backend.account_settings.get(name, "DISABLED")})
