"""IAM: the managed policies of one partition, read once at the start. moto reads them for each of six, on demand."""

from moto.iam.models import IAMBackend, iam_backends

from .. import ACCOUNT
from ..patching import wrap


@wrap(IAMBackend, "_init_aws_policies")
def init_aws_policies(original, self: IAMBackend) -> list:
    return original(self) if self.region_name == "aws" else []


iam_backends[ACCOUNT]["aws"].aws_managed_policies  # noqa: B018 - reading them is what makes them
