"""Blue/green, canary and linear deployments: two revisions side by side, and traffic that goes from one to the other."""

import json
from itertools import groupby
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from stage import Stage

ROLE = "arn:aws:iam::123456789012:role/items-dev-deployments"
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2}
CANARY = {
    "strategy": "CANARY",
    "bakeTimeInMinutes": 1,
    "canaryConfiguration": {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 3},
}
LINEAR = {
    "strategy": "LINEAR",
    "bakeTimeInMinutes": 0,
    "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 1},
}
BEFORE = ["PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT"]
AFTER = ["PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"]


TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
SHIFT = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"


class Two(Stage):
    """A stage whose service has two target groups, and a rule that ECS weighs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.iam.create_role(RoleName="items-dev-deployments", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.iam.attach_role_policy(RoleName="items-dev-deployments", PolicyArn=SHIFT)
        vpc = self.elb.describe_target_groups(TargetGroupArns=[self.group])["TargetGroups"][0]["VpcId"]
        self.other = self.elb.create_target_group(Name="backend-g", Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip")[
            "TargetGroups"
        ][0]["TargetGroupArn"]
        balancer = self.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        listener = self.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
        groups = [{"TargetGroupArn": self.group, "Weight": 100}, {"TargetGroupArn": self.other, "Weight": 0}]
        self.rule = self.elb.create_rule(
            ListenerArn=listener,
            Priority=10,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
        )["Rules"][0]["RuleArn"]

    def begin(self, configuration: dict[str, Any]) -> "Two":
        balancer = {
            "targetGroupArn": self.group,
            "containerName": "backend",
            "containerPort": 8000,
            "advancedConfiguration": {
                "alternateTargetGroupArn": self.other,
                "productionListenerRule": self.rule,
                "roleArn": ROLE,
            },
        }
        self.create(self.define(self.image(b"one")), loadBalancers=[balancer], deploymentConfiguration=configuration)
        return self

    def weights(self) -> tuple[int, int]:
        """Of the service's group, and of the alternate one."""
        [rule] = self.elb.describe_rules(RuleArns=[self.rule])["Rules"]
        [action] = rule["Actions"]
        found = {one["TargetGroupArn"]: one["Weight"] for one in action["ForwardConfig"]["TargetGroups"]}
        return found[self.group], found[self.other]

    def healthy(self, group: str) -> int:
        found = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return sum(one["TargetHealth"]["State"] == "healthy" for one in found)

    def looks(self) -> list[dict[str, Any]]:
        """The newest deployment, look after look, to its end; each with the rule's weights."""
        seen = []
        for _ in range(200):
            seen.append(self.deployment() | {"weights": self.weights(), "tasks": len(self.tasks())})
            if seen[-1]["status"] in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL"):
                return seen
        raise AssertionError(f"no end: {seen[-1]}")


@pytest.fixture
def stage(account: Account) -> Two:
    return Two(account, desired=2)


def stages(looks: list[dict[str, Any]]) -> list[str]:
    return [stage for stage, _ in groupby(one["lifecycleStage"] for one in looks)]


def shifts(looks: list[dict[str, Any]]) -> list[float]:
    """What the new revision gets of the production traffic, step by step."""
    return [
        weight for weight, _ in groupby(one["targetServiceRevision"]["requestedProductionTrafficWeight"] for one in looks)
    ]


def test_a_first_deployment_goes_to_the_group_without_traffic(stage: Two) -> None:
    looks = stage.begin(BLUE_GREEN).looks()
    assert stages(looks) == [*BEFORE, *AFTER]
    assert stage.weights() == (0, 100)
    assert (stage.healthy(stage.group), stage.healthy(stage.other)) == (0, 2)


def test_blue_and_green_take_turns(stage: Two) -> None:
    stage.begin(BLUE_GREEN).looks()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    looks = stage.looks()
    assert stages(looks) == [*BEFORE, *AFTER]
    assert shifts(looks) == [0, 100]
    assert stage.weights() == (100, 0)
    assert (stage.healthy(stage.group), stage.healthy(stage.other)) == (2, 0)
    baking = [one for one in looks if one["lifecycleStage"] == "BAKE_TIME"]
    assert [one["tasks"] for one in baking] == [4, 4, 4], "both revisions are whole until the bake is over"
    assert len(stage.service()["deployments"]) == 1


def test_a_revision_says_which_group_its_tasks_are_in(stage: Two) -> None:
    stage.begin(BLUE_GREEN).looks()
    arn = stage.deployment()["targetServiceRevision"]["arn"]
    [revision] = stage.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]
    assert revision["resolvedConfiguration"]["loadBalancers"] == [
        {"targetGroupArn": stage.other, "productionListenerRule": stage.rule}
    ]


def test_a_canary_waits_with_a_part_of_the_traffic(stage: Two) -> None:
    stage.begin(CANARY).looks()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    looks = stage.looks()
    assert shifts(looks) == [0, 20, 100]
    waiting = [one["weights"] for one in looks if one["targetServiceRevision"]["requestedProductionTrafficWeight"] == 20]
    assert waiting == [(20, 80)] * 4


def test_a_linear_deployment_goes_step_by_step(stage: Two) -> None:
    stage.begin(LINEAR).looks()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    looks = stage.looks()
    assert shifts(looks) == [0, 30, 60, 90, 100]
    assert all(sum(one["weights"]) == 100 for one in looks)


def test_the_defaults_are_those_of_the_api(stage: Two) -> None:
    looks = stage.begin({"strategy": "LINEAR"}).looks()
    assert shifts(looks) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert sum(one["lifecycleStage"] == "PRODUCTION_TRAFFIC_SHIFT" for one in looks) == 9 * 7 + 1


@pytest.mark.parametrize("configuration", [BLUE_GREEN, CANARY, LINEAR])
def test_a_stopped_deployment_gives_the_traffic_back_at_once(stage: Two, configuration: dict[str, Any]) -> None:
    stage.begin(configuration).looks()
    good = stage.service()["taskDefinition"]
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    while stage.deployment()["targetServiceRevision"]["requestedProductionTrafficWeight"] == 0:
        pass
    assert stage.weights()[0] > 0
    stage.ecs.stop_service_deployment(serviceDeploymentArn=stage.deployment()["serviceDeploymentArn"])
    looks = stage.looks()
    assert looks[0]["weights"] == (0, 100)
    assert looks[-1]["status"] == "ROLLBACK_SUCCESSFUL"
    assert stage.service()["taskDefinition"] == good
    assert (stage.healthy(stage.group), stage.healthy(stage.other)) == (0, 2)


def test_an_alarm_in_the_bake_rolls_back(stage: Two) -> None:
    alarms = stage.alarm("HTTPCode_Target_5XX_Count")
    stage.begin(BLUE_GREEN | {"bakeTimeInMinutes": 5, "alarms": alarms}).looks()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    while stage.deployment()["lifecycleStage"] != "BAKE_TIME":
        pass
    stage.account.client("cloudwatch").set_alarm_state(AlarmName="backend-5xx", StateValue="ALARM", StateReason="a test")
    looks = stage.looks()
    assert (looks[-1]["status"], stage.weights()) == ("ROLLBACK_SUCCESSFUL", (0, 100))


HOOK = {
    "hookTargetArn": "arn:aws:lambda:us-east-1:123456789012:function:looks",
    "roleArn": ROLE,
    "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
}


def test_a_hook_holds_a_deployment_until_its_function_is_content(stage: Two) -> None:
    stage.begin(BLUE_GREEN | {"lifecycleHooks": [HOOK]}).looks()
    stage.account.control("hook", stage="POST_TEST_TRAFFIC_SHIFT", status="IN_PROGRESS")
    stage.account.control("hook", stage="BAKE_TIME", status="FAILED")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(30):
        deployment = stage.deployment()
    assert (deployment["status"], deployment["lifecycleStage"]) == ("IN_PROGRESS", "POST_TEST_TRAFFIC_SHIFT")
    assert stage.weights() == (0, 100)
    stage.account.control("hook", stage="POST_TEST_TRAFFIC_SHIFT", status="SUCCEEDED")
    assert (stage.looks()[-1]["status"], stage.weights()) == ("SUCCESSFUL", (100, 0)), "no other stage has a hook"


def test_a_hook_whose_function_says_no_takes_the_deployment_back(stage: Two) -> None:
    stage.begin(BLUE_GREEN | {"lifecycleHooks": [HOOK]}).looks()
    stage.account.control("hook", stage="POST_TEST_TRAFFIC_SHIFT", status="FAILED")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    looks = stage.looks()
    assert (looks[-1]["status"], stage.weights()) == ("ROLLBACK_SUCCESSFUL", (0, 100))
    assert max(one["weights"][0] for one in looks) == 0, "it never had traffic"
    assert any("hook execution failure(s) detected" in event["message"] for event in stage.service()["events"])


def test_tasks_that_never_serve_get_no_traffic(stage: Two) -> None:
    stage.begin(BLUE_GREEN).looks()
    stage.outcome("stuck")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(30):
        deployment = stage.deployment()
    assert (deployment["status"], deployment["lifecycleStage"], stage.weights()) == ("IN_PROGRESS", "SCALE_UP", (0, 100))


def test_a_newer_deployment_comes_after_what_was_on_its_way_has_gone(stage: Two) -> None:
    stage.begin(BLUE_GREEN).looks()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    while stage.deployment()["lifecycleStage"] != "BAKE_TIME":
        pass
    third = stage.define(stage.image(b"three"))
    stage.update(taskDefinition=third)
    looks = stage.looks()
    assert looks[0]["weights"] == (0, 100), "the last one that was done serves meanwhile"
    assert looks[-1]["status"] == "SUCCESSFUL"
    assert {task["taskDefinitionArn"] for task in stage.tasks()} == {third}
    assert stage.weights() == (100, 0)


def test_a_visitor_gets_the_group_that_has_traffic(stage: Two) -> None:
    stage.begin(BLUE_GREEN).looks()
    assert stage.healthy(stage.other) == 2
    stage.update(taskDefinition=stage.define(stage.image(b"two")), desiredCount=1)
    for _ in range(30):
        assert max(stage.weights()) == 100
        if stage.deployment()["status"] == "SUCCESSFUL":
            return
    raise AssertionError("never done")


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.0}}, "stepPercent must be between 3.0 and 100.0"),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 1441}}, "must be between 0 and 1440"),
        (
            {"strategy": "CANARY", "linearConfiguration": {"stepPercent": 20.0}},
            "only valid when the deployment strategy is LINEAR",
        ),
    ],
)
def test_a_strategy_that_cannot_be_is_refused(stage: Two, configuration: dict[str, Any], said: str) -> None:
    with pytest.raises(ClientError, match=said) as error:
        stage.begin(configuration)
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_strategy_wants_an_alternate_group(stage: Two) -> None:
    with pytest.raises(ClientError, match="advancedConfiguration field is required for all loadBalancers"):
        stage.create(stage.define(stage.image(b"one")), deploymentConfiguration=BLUE_GREEN)


@pytest.mark.parametrize("lacking", ["trust", "policy", "role"])
def test_ecs_has_to_get_along_with_the_role_of_a_deployment(stage: Two, lacking: str) -> None:
    name = "items-dev-deployments"
    if lacking == "trust":
        tasks = json.dumps(TRUST).replace("ecs.", "ecs-tasks.")
        stage.iam.update_assume_role_policy(RoleName=name, PolicyDocument=tasks)
    else:
        stage.iam.detach_role_policy(RoleName=name, PolicyArn=SHIFT)
    if lacking == "role":
        stage.iam.delete_role(RoleName=name)
    with pytest.raises(ClientError, match="Unable to assume role and validate the specified targetGroupArn") as error:
        stage.begin(BLUE_GREEN)
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"


def test_the_api_has_one_way_to_stop(stage: Two) -> None:
    stage.begin(BLUE_GREEN)
    arn = stage.deployment()["serviceDeploymentArn"]
    with pytest.raises(ClientError, match="The valid values are ROLLBACK") as error:
        stage.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ABORT")
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"
