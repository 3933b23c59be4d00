"""EC2: security groups, and how many networks and addresses there are."""

import re
from collections.abc import Iterator

from moto.ec2 import ec2_backends

from ... import ACCOUNT
from ...access.call import Call
from ...access.refusal import Refusal
from ...own import quotas
from .rules import rule

#: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
GROUP_TEXT = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


@rule("ec2", "CreateSecurityGroup")
def names_of_groups(call: Call) -> Iterator[Refusal]:
    """https://github.com/pulumi/pulumi-awsx/issues/328"""
    name, about = call.parameters["GroupName"], call.parameters["Description"]
    if name.startswith("sg-"):
        yield Refusal(
            "InvalidParameterValue",
            f"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
            400,
        )
    allowed = "strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
    if not GROUP_TEXT.fullmatch(name):
        yield Refusal("InvalidParameterValue", f"Invalid security group name. Valid names are {allowed}", 400)
    if not GROUP_TEXT.fullmatch(about):
        told = f"Invalid security group description. Valid descriptions are {allowed}"
        yield Refusal("InvalidParameterValue", told, 400)


@rule("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def descriptions_of_rules(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html"""
    for permission in call.parameters.get("IpPermissions") or []:
        for kind in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
            for one in permission.get(kind) or []:
                if not GROUP_TEXT.fullmatch(one.get("Description", "")):
                    yield Refusal(
                        "InvalidParameterValue",
                        "Invalid rule description. Valid descriptions are strings less than 256 characters from the "
                        "following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
                        400,
                    )


@rule("ec2", "CreateVpc")
def number_of_networks(call: Call) -> Iterator[Refusal]:
    """https://github.com/terraform-aws-modules/terraform-aws-vpc/issues/429"""
    if len(ec2_backends[ACCOUNT][call.region].vpcs) >= quotas.value("L-F678F1CE"):
        yield Refusal("VpcLimitExceeded", "The maximum number of VPCs has been reached.", 400)


@rule("ec2", "AllocateAddress")
def number_of_addresses(call: Call) -> Iterator[Refusal]:
    """https://github.com/hashicorp-education/learn-terraform-provision-eks-cluster/issues/59"""
    if len(ec2_backends[ACCOUNT][call.region].addresses) >= quotas.value("L-0263D0A3"):
        yield Refusal("AddressLimitExceeded", "The maximum number of addresses has been reached.", 400)
