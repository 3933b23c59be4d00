"""Service Quotas: the few that stop a deployment, at their values in a new account."""

from typing import Any

from .calls import ApiError, Call, route

#: By service and code: name and value.
QUOTAS: dict[tuple[str, str], tuple[str, float]] = {
    ("fargate", "L-3032A538"): ("Fargate On-Demand vCPU resource count", 6),
    ("fargate", "L-36FBB829"): ("Fargate Spot vCPU resource count", 6),
    ("elasticloadbalancing", "L-53DA6B97"): ("Application Load Balancers per Region", 50),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5),
    ("vpc", "L-FE5A380F"): ("NAT gateways per Availability Zone", 5),
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5),
}


def choose(code: str, value: float) -> None:
    """A test makes one smaller, or larger."""
    for key, (name, _) in QUOTAS.items():
        if key[1] == code:
            QUOTAS[key] = (name, value)
            return
    raise ValueError(f"no quota `{code}`; there are {', '.join(sorted(key[1] for key in QUOTAS))}")


def value(code: str) -> float:
    return next(value for key, (_, value) in QUOTAS.items() if key[1] == code)


def _told(key: tuple[str, str]) -> dict[str, Any]:
    service, code = key
    name, value = QUOTAS[key]
    return {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": value, "Unit": "None", "Adjustable": True}


@route("servicequotas", target="GetServiceQuota")
@route("servicequotas", target="GetAWSDefaultServiceQuota")
def get(call: Call) -> dict[str, Any]:
    key = (call.wanted["ServiceCode"], call.wanted["QuotaCode"])
    if key not in QUOTAS:
        raise ApiError("NoSuchResourceException", f"The simulated account has no quota {key[1]} of {key[0]}", 404)
    return {"Quota": _told(key)}


@route("servicequotas", target="ListServiceQuotas")
@route("servicequotas", target="ListAWSDefaultServiceQuotas")
def list_of(call: Call) -> dict[str, Any]:
    return {"Quotas": [_told(key) for key in QUOTAS if key[0] == call.wanted["ServiceCode"]]}
