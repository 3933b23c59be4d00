"""Secrets Manager: the rotation of a secret that a service of AWS manages has no function, and can be ended all the same."""

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend

from ..patching import wrap


@wrap(SecretsManagerBackend, "cancel_rotate_secret")
def cancel_rotate_secret(original: Any, self: SecretsManagerBackend, secret_id: str) -> Any:
    secret = self.secrets.get(secret_id)
    if secret is None or not secret.name.startswith("rds!"):
        return original(self, secret_id)
    secret.rotation_enabled = False
    return secret.to_short_dict()
