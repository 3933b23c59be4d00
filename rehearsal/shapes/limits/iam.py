"""IAM: what exists once in an account."""

from collections.abc import Iterator

from moto.iam.models import iam_backends

from ... import ACCOUNT
from ...access.call import Call
from ...access.refusal import Refusal
from .rules import rule


@rule("iam", "CreateOpenIDConnectProvider")
def one_provider_for_an_address(call: Call) -> Iterator[Refusal]:
    """https://github.com/unfunco/terraform-aws-oidc-github/issues/23"""
    url = call.parameters["Url"]
    host = url.removeprefix("https://").rstrip("/")
    if f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}" in iam_backends[ACCOUNT]["aws"].open_id_providers:
        yield Refusal("EntityAlreadyExists", f"Provider with url {url} already exists.", 409)


@rule("iam", "CreateServiceLinkedRole")
def one_role_of_a_service(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html"""
    service, suffix = call.parameters["AWSServiceName"], call.parameters.get("CustomSuffix")
    for role in iam_backends[ACCOUNT]["aws"].roles.values():
        if role.path == f"/aws-service-role/{service}/" and role.name.endswith(f"_{suffix}" if suffix else ""):
            told = f"Service role name {role.name} has been taken in this account, please try a different suffix."
            yield Refusal("InvalidInput", told, 400)
