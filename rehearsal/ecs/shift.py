"""Blue/green, canary, linear: a new revision runs whole beside the old one, and traffic goes from one target group to the
other. A minute of bake is a step.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-linear.html"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.elbv2.models import FakeAction, FakeListenerRule, elbv2_backends

from . import hooks

#: As the API has them: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
DEFAULTS = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10, "stepPercent": 10.0, "stepBakeTimeInMinutes": 6}


@dataclass
class Phase:
    stage: str
    #: Of the production traffic, what the new revision gets, in percent.
    weight: float = 0
    minutes: int = 0


def phases(configuration: dict[str, Any]) -> list[Phase]:
    bake = configuration.get("bakeTimeInMinutes") or 0
    return [
        *(Phase(stage) for stage in ("PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP")),
        *(Phase(stage) for stage in ("TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT")),
        *(Phase("PRODUCTION_TRAFFIC_SHIFT", weight, minutes) for weight, minutes in _shifts(configuration)),
        Phase("POST_PRODUCTION_TRAFFIC_SHIFT", 100),
        Phase("BAKE_TIME", 100, bake),
        Phase("CLEAN_UP", 100),
    ]


def _shifts(configuration: dict[str, Any]) -> Iterator[tuple[float, int]]:
    """Percent of the traffic, and for how long."""
    match configuration["strategy"]:
        case "CANARY":
            wanted = DEFAULTS | (configuration.get("canaryConfiguration") or {})
            yield wanted["canaryPercent"], wanted["canaryBakeTimeInMinutes"]
        case "LINEAR":
            wanted = DEFAULTS | (configuration.get("linearConfiguration") or {})
            at = wanted["stepPercent"]
            while at < 100:
                yield at, wanted["stepBakeTimeInMinutes"]
                at += wanted["stepPercent"]
    # The last step is not waited after.
    yield 100, 0


class Shift:
    """Of one deployment."""

    def __init__(self, service: Any, configuration: dict[str, Any]) -> None:
        self.service = service
        self.phases = phases(configuration)
        self.hooks = configuration.get("lifecycleHooks") or []
        self.at = self.waited = 0
        self.has_gone_back = False
        self.balanced = [one for one in service.load_balancers if one.get("advancedConfiguration")]
        #: By the listener rule: what the old revision has, and what the new one gets. The rule says which is which: ECS
        #: takes the group that has no traffic, so the two take turns.
        self.groups = {one["advancedConfiguration"]["productionListenerRule"]: self._groups(one) for one in self.balanced}

    @property
    def green(self) -> list[str]:
        return [green for _, green in self.groups.values()]

    @property
    def stage(self) -> str:
        return self.phases[self.at].stage

    @property
    def hook(self) -> str:
        """What the functions of this stage say."""
        return hooks.CHOSEN.of(self.hooks, self.stage)

    @property
    def weight(self) -> float:
        return 0 if self.has_gone_back else self.phases[self.at].weight

    @property
    def test_weight(self) -> float:
        return 100 if self.tests and not self.has_gone_back and self.at > 3 else 0

    @property
    def tests(self) -> list[str]:
        rules = [one["advancedConfiguration"].get("testListenerRule") for one in self.balanced]
        return [rule for rule in rules if rule]

    @property
    def scales_up(self) -> bool:
        return self.at > 0

    @property
    def is_over(self) -> bool:
        """The rest is as with every deployment: what is old goes."""
        return self.has_gone_back or self.stage == "CLEAN_UP"

    def step(self, ready: bool) -> None:
        """`ready`: all tasks of the new revision serve."""
        if self.is_over or (self.stage == "SCALE_UP" and not ready) or self.hook != hooks.SUCCEEDED:
            return
        if self.waited < self.phases[self.at].minutes:
            self.waited += 1
            return
        self.at, self.waited = self.at + 1, 0
        self._weigh()

    def back(self) -> None:
        """All traffic to the old revision, at once."""
        self.has_gone_back = True
        self._weigh()

    def _weigh(self) -> None:
        for arn, (blue, green) in self.groups.items():
            _set(self._rule(arn), {blue: 100 - self.weight, green: self.weight})
        for arn in self.tests:
            for blue, green in self.groups.values():
                _set(self._rule(arn), {blue: 100 - self.test_weight, green: self.test_weight})

    def _groups(self, balancer: dict[str, Any]) -> tuple[str, str]:
        advanced = balancer["advancedConfiguration"]
        both = (balancer["targetGroupArn"], advanced["alternateTargetGroupArn"])
        rule = self._rule(advanced["productionListenerRule"])
        first, second = (weight_of(rule, group) for group in both) if rule else (1, 0)
        return both if first >= second else both[::-1]

    def _rule(self, arn: str) -> FakeListenerRule | None:
        backend = elbv2_backends[self.service._account_id][self.service.region_name]
        listeners = [listener for balancer in backend.load_balancers.values() for listener in balancer.listeners.values()]
        return next((listener.rules[arn] for listener in listeners if arn in listener.rules), None)


def weight_of(rule: FakeListenerRule, group: str) -> float:
    for action in rule.actions:
        if action.data.get("TargetGroupArn") == group:
            return 1
        for one in (action.data.get("ForwardConfig") or {}).get("TargetGroups") or []:
            if one["TargetGroupArn"] == group:
                return float(one.get("Weight", 1))
    return 0


def _set(rule: FakeListenerRule | None, weights: dict[str, float]) -> None:
    """As ECS writes it: https://github.com/go-to-k/cdk-real-drift/issues/1730."""
    if rule is None:
        return
    groups = [{"TargetGroupArn": group, "Weight": round(weight)} for group, weight in weights.items()]
    forward = {"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": groups}}
    rule.actions = [*(action for action in rule.actions if action.type != "forward"), FakeAction(forward)]
