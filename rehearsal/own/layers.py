"""ECR: which layers a repository has, by its API."""

from typing import Any

from moto.ecr.models import ecr_backends

from .. import ACCOUNT
from .calls import ApiError, Call, route


@route("ecr", target="BatchCheckLayerAvailability")
def check(call: Call) -> dict[str, Any]:
    repository = ecr_backends[ACCOUNT][call.region].repositories.get(call.wanted["repositoryName"])
    if repository is None:
        raise ApiError("RepositoryNotFoundException", f"There is no repository '{call.wanted['repositoryName']}'")
    wanted = call.wanted["layerDigests"]
    there = [digest for digest in wanted if digest in repository.blobs]
    return {
        "layers": [{"layerDigest": digest, "layerAvailability": "AVAILABLE"} for digest in there],
        "failures": [{"layerDigest": one, "failureCode": "MissingLayerDigest"} for one in wanted if one not in there],
    }
