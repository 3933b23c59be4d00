"""KMS: a digest is signed as it is, a key that is disabled or being deleted signs nothing, and a key is known by its ARN."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from moto.core.exceptions import JsonRESTError
from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse

from ..patching import wrap

ALGORITHM = "ECDSA_SHA_256"


@wrap(KmsResponse, "sign")
def sign(original: Any, self: KmsResponse) -> str:
    if self._get_param("Message") and len(self._get_param("Message")) > 4096:
        raise ValidationException(
            "1 validation error detected: Value at 'message' failed to satisfy constraint: length <= 4096"
        )
    self._validate_key_id(self._get_param("KeyId"))
    key = self.kms_backend.describe_key(self._get_param("KeyId"))
    _usable(key)
    if self._get_param("MessageType") != "DIGEST" or self._get_param("SigningAlgorithm") != ALGORITHM:
        return original(self)
    digest = self._get_param("Message")
    if len(digest) != hashes.SHA256.digest_size:
        raise ValidationException(f"Digest is invalid length for algorithm {ALGORITHM}.")
    # Whether the key may sign at all, and so, is moto's to say.
    original(self)
    if self._get_param("DryRun"):
        raise JsonRESTError("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
    signature = key.private_key.private_key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    said = {"KeyId": key.arn, "Signature": base64.b64encode(signature).decode(), "SigningAlgorithm": ALGORITHM}
    return json.dumps(said)


@wrap(KmsResponse, "get_public_key")
def get_public_key(original: Any, self: KmsResponse) -> str:
    said = json.loads(original(self))
    key = self.kms_backend.describe_key(said["KeyId"])
    _usable(key)
    return json.dumps({**said, "KeyId": key.arn})


def _usable(key: Any) -> None:
    if key.key_state == "Enabled":
        return
    code = "DisabledException" if key.key_state == "Disabled" else "KMSInvalidStateException"
    words = {"Disabled": "disabled", "PendingDeletion": "pending deletion"}.get(key.key_state, key.key_state)
    raise JsonRESTError(code, f"{key.arn} is {words}.")
