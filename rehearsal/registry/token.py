"""What GetAuthorizationToken gives and the registry takes. The token names its region: one port serves them all."""

import base64
import binascii
import time
from dataclasses import dataclass

from .errors import RegistryError, unauthorized

LIFETIME = 12 * 60 * 60


@dataclass(frozen=True)
class Token:
    account: str
    region: str
    expires: int

    @classmethod
    def new(cls, account: str, region: str, lifetime: int = LIFETIME) -> "Token":
        return cls(account, region, int(time.time()) + lifetime)

    @property
    def password(self) -> str:
        return f"rehearsal/{self.account}/{self.region}/{self.expires}"

    def encoded(self) -> str:
        return base64.b64encode(f"AWS:{self.password}".encode()).decode()


def read(authorization: str) -> Token:
    """From the header of a request; ECR knows Basic alone."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise unauthorized()
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        prefix, account, region, expires = password.split("/")
        token = Token(account, region, int(expires))
    except (binascii.Error, ValueError):
        raise unauthorized() from None
    if user != "AWS" or prefix != "rehearsal":
        raise unauthorized()
    if token.expires <= time.time():
        raise RegistryError(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")
    return token
