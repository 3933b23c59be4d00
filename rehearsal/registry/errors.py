"""Errors in the words of the distribution specification and of ECR."""

from ..http import Response, answer


class RegistryError(Exception):
    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers

    def response(self) -> Response:
        return answer(self.status, {"errors": [{"code": self.code, "message": str(self)}]}, **self.headers)


def unauthorized(message: str = "Not Authorized") -> RegistryError:
    challenge = {"WWW-Authenticate": 'Basic realm="rehearsal",service="ecr.amazonaws.com"'}
    return RegistryError(401, "UNAUTHORIZED", message, **challenge)


def name_unknown(name: str, account: str) -> RegistryError:
    return RegistryError(
        404,
        "NAME_UNKNOWN",
        f"The repository with name '{name}' does not exist in the registry with id '{account}'",
    )


def tag_is_immutable(tag: str, repository: str) -> RegistryError:
    return RegistryError(
        400,
        "TAG_INVALID",
        f"The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten "
        "because the tag is immutable.",
    )


def unsupported(what: str) -> RegistryError:
    return RegistryError(405, "UNSUPPORTED", f"{what} is not supported by this registry")
