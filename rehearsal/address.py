"""Where this account listens: what ECR names as its registry."""

_address = "http://127.0.0.1:0"


def set_to(address: str) -> None:
    global _address
    _address = address


def get() -> str:
    return _address
