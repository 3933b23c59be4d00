"""Elastic Load Balancing: names, what conditions hold, counts, a target group's one load balancer."""

import re
from collections.abc import Iterator
from typing import Any

from moto.elbv2.models import elbv2_backends

from ... import ACCOUNT
from ...access.call import Call
from ...access.refusal import Refusal
from ...own import quotas
from .rules import rule

#: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_PathPatternConditionConfig.html
PATH = re.compile(r"""[A-Za-z0-9_\-.$/~"'@:+&*?]*""")
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HostHeaderConditionConfig.html
HOST = re.compile(r"[A-Za-z0-9\-.*?]*\.[A-Za-z*?]+")
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
RULES_OF_A_BALANCER, VALUES_OF_A_RULE, WILDCARDS_OF_A_RULE, GROUPS_OF_AN_ACTION = 100, 5, 6, 5


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationError", message, 400)


@rule("elasticloadbalancing", "CreateLoadBalancer")
def names_of_balancers(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"""
    name = call.parameters["Name"]
    told = f"The load balancer name '{name}'"
    if len(name) > 32:
        yield _invalid(f"{told} cannot be longer than '32' characters")
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        yield _invalid(f"{told} can only contain characters that are alphanumeric characters and hyphens(-)")
    if name.startswith("-") or name.endswith("-"):
        yield _invalid(f"{told} cannot begin or end with '-'")
    if name.startswith("internal-"):
        yield _invalid(f"{told} cannot begin with 'internal-'")
    if len(elbv2_backends[ACCOUNT][call.region].load_balancers) >= quotas.value("L-53DA6B97"):
        yield Refusal(
            "TooManyLoadBalancers", "You've reached the limit on the number of load balancers for your AWS account.", 400
        )


@rule("elasticloadbalancing", "CreateTargetGroup", "ModifyTargetGroup")
def health_checks(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"""
    interval, timeout = (call.parameters.get(f"HealthCheck{name}Seconds") for name in ("Interval", "Timeout"))
    if interval is not None and timeout is not None and timeout >= interval:
        yield _invalid("Health check interval must be greater than the timeout.")


@rule("elasticloadbalancing", "CreateRule", "ModifyRule")
def conditions_of_rules(call: Call) -> Iterator[Refusal]:
    """https://github.com/aws/aws-cdk/issues/10065"""
    conditions = call.parameters.get("Conditions") or []
    values = [(one.get("Field"), value) for one in conditions for value in _values(one)]
    if len(values) > VALUES_OF_A_RULE:
        yield _invalid(f"A rule can only have '{VALUES_OF_A_RULE}' condition values")
    patterns = [value for field, value in values if field in ("path-pattern", "host-header", "http-header")]
    if sum(value.count("*") + value.count("?") for value in patterns) > WILDCARDS_OF_A_RULE:
        yield _invalid(f"A rule can only have '{WILDCARDS_OF_A_RULE}' condition wildcards")
    for field, value in values:
        wanted = {"path-pattern": PATH, "host-header": HOST}.get(field)
        if wanted and not wanted.fullmatch(value):
            yield _invalid(f"Condition value '{value}' contains a character that is not valid")


def _values(condition: dict[str, Any]) -> list[str]:
    inner = [value for value in condition.values() if isinstance(value, dict)]
    found = [value for one in (condition, *inner) for value in one.get("Values") or []]
    return [value.get("Value", "") if isinstance(value, dict) else value for value in found]


@rule("elasticloadbalancing", "CreateRule")
def number_of_rules(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html#API_CreateRule_Errors"""
    for balancer in elbv2_backends[ACCOUNT][call.region].load_balancers.values():
        if call.parameters["ListenerArn"] in balancer.listeners:
            rules = [rule for listener in balancer.listeners.values() for rule in listener.rules.values()]
            if sum(not rule.is_default for rule in rules) >= RULES_OF_A_BALANCER:
                yield Refusal("TooManyRules", "You've reached the limit on the number of rules per load balancer.", 400)


@rule("elasticloadbalancing", "CreateRule", "ModifyRule", "CreateListener", "ModifyListener")
def groups_of_actions(call: Call) -> Iterator[Refusal]:
    """https://github.com/hashicorp/terraform-provider-aws/issues/22005"""
    actions = [*(call.parameters.get("Actions") or []), *(call.parameters.get("DefaultActions") or [])]
    groups = {arn for action in actions for arn in _groups(action)}
    if len(groups) > GROUPS_OF_AN_ACTION:
        yield Refusal("TooManyTargetGroups", f"Target groups per action is limited to {GROUPS_OF_AN_ACTION}", 400)
    for balancer in elbv2_backends[ACCOUNT][call.region].load_balancers.values():
        if _is_of(call, balancer):
            continue
        taken = str([one for listener in balancer.listeners.values() for one in _forwarded(listener)])
        if found := sorted(group for group in groups if group in taken):
            told = "The following target groups cannot be associated with more than one load balancer"
            yield Refusal("TargetGroupAssociationLimit", f"{told}: {', '.join(found)}", 400)


def _groups(action: dict[str, Any]) -> list[str]:
    tuples = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    return [arn for arn in [action.get("TargetGroupArn"), *(one.get("TargetGroupArn") for one in tuples)] if arn]


def _forwarded(listener: Any) -> list[Any]:
    rules = [rule.actions for rule in listener.rules.values()]
    return [action.data for actions in (listener.default_actions, *rules) for action in actions]


def _is_of(call: Call, balancer: Any) -> bool:
    """Whether the call is about this balancer."""
    known = [balancer.arn, *balancer.listeners, *(rule for one in balancer.listeners.values() for rule in one.rules)]
    return any(call.parameters.get(name) in known for name in ("LoadBalancerArn", "ListenerArn", "RuleArn"))
