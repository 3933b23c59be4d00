"""The policies that resources have of their own."""

import re
from collections.abc import Callable
from typing import Any

from moto.ecr.models import ecr_backends
from moto.efs.models import efs_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends

from .. import ACCOUNT

ARN = re.compile(r"arn:aws:(?P<service>[^:]*):(?P<region>[^:]*):[^:]*:(?P<rest>.*)")


def policy(arn: str) -> Any:
    """None where the resource has none, or does not exist."""
    parts = ARN.fullmatch(arn)
    find = SERVICES.get(parts["service"]) if parts else None
    found = find(parts["region"], parts["rest"], arn) if find else None
    return found.decode() if isinstance(found, bytes) else found


def account(arn: str) -> str:
    """Whose the resource is: a bucket may be somebody else's."""
    _, owner = s3_backends.bucket_accounts.get(arn.rpartition(":")[2].partition("/")[0], ("aws", ACCOUNT))
    return owner if arn.startswith("arn:aws:s3:::") else ACCOUNT


def _bucket(_region: str, rest: str, arn: str) -> Any:
    bucket = s3_backends[account(arn)]["aws"].buckets.get(rest.partition("/")[0])
    return bucket.policy if bucket else None


def _repository(region: str, rest: str, _arn: str) -> Any:
    repository = ecr_backends[ACCOUNT][region].repositories.get(rest.removeprefix("repository/"))
    return repository.policy if repository else None


def _file_system(region: str, rest: str, _arn: str) -> Any:
    system = efs_backends[ACCOUNT][region].file_systems_by_id.get(rest.removeprefix("file-system/"))
    return system.file_system_policy if system else None


def _key(region: str, rest: str, _arn: str) -> Any:
    """No key is without: one that does not exist is as good as one with the policy that AWS gives."""
    key = kms_backends[ACCOUNT][region].keys.get(rest.removeprefix("key/"))
    if key is not None:
        return key.policy
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}}


def _secret(region: str, _rest: str, arn: str) -> Any:
    secrets = secretsmanager_backends[ACCOUNT][region].secrets
    return next((one.policy for one in dict.values(secrets) if one.arn == arn), None)


def _topic(region: str, _rest: str, arn: str) -> Any:
    topic = sns_backends[ACCOUNT][region].topics.get(arn)
    return topic.policy if topic else None


SERVICES: dict[str, Callable[[str, str, str], Any]] = {
    "ecr": _repository,
    "elasticfilesystem": _file_system,
    "kms": _key,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
}
