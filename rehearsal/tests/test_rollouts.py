import pytest
from botocore.exceptions import ClientError
from conftest import Account
from stage import CLUSTER, Stage


@pytest.fixture
def stage(account: Account) -> Stage:
    return Stage(account)


def test_a_first_deployment_comes_to_serve(stage: Stage) -> None:
    image = stage.image(b"one")
    stage.create(stage.define(image))
    assert stage.watch() == ["IN_PROGRESS", "SUCCESSFUL"]
    service = stage.service()
    assert (service["runningCount"], service["pendingCount"]) == (1, 0)
    assert [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]
    [task] = stage.tasks()
    assert (task["lastStatus"], task["healthStatus"]) == ("RUNNING", "HEALTHY")
    assert task["containers"][0]["imageDigest"] == image
    assert task["startedBy"] == service["deployments"][0]["id"]
    assert [one["State"] for one in stage.health()] == ["healthy"]
    assert "has reached a steady state." in stage.events()
    assert stage.log(task) == ['{"level":"INFO","message":"listening"}']


def test_a_new_image_takes_over_and_the_old_task_goes(stage: Stage) -> None:
    stage.live()
    image = stage.image(b"two")
    stage.update(taskDefinition=stage.define(image))
    assert stage.watch() == ["IN_PROGRESS", "SUCCESSFUL"]
    assert [task["containers"][0]["imageDigest"] for task in stage.tasks()] == [image]
    [old] = stage.tasks("STOPPED")
    assert (old["stopCode"], old["lastStatus"]) == ("ServiceSchedulerInitiated", "STOPPED")
    assert len(stage.service()["deployments"]) == 1
    assert [one["State"] for one in stage.health()] == ["healthy"]


def test_at_no_time_do_fewer_tasks_serve_than_asked(account: Account) -> None:
    stage = Stage(account, desired=2).live()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(40):
        assert sum(one["State"] == "healthy" for one in stage.health()) >= 2
        if stage.deployment()["status"] == "SUCCESSFUL":
            return
    raise AssertionError("never done")


def test_with_a_minimum_of_zero_the_old_task_stops_before_the_new_one_starts(stage: Stage) -> None:
    stage.create(
        stage.define(stage.image(b"one")),
        deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 0},
    )
    stage.watch()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(40):
        running = [task for task in stage.tasks() + stage.tasks("STOPPED") if task["lastStatus"] != "STOPPED"]
        assert len(running) <= 1
        if stage.deployment()["status"] == "SUCCESSFUL":
            return
    raise AssertionError("never done")


@pytest.mark.parametrize(
    ("outcome", "stop_code", "reason", "exit_code"),
    [
        ("crash", "EssentialContainerExited", "Essential container in task exited", 1),
        ("oom", "EssentialContainerExited", "Essential container in task exited", 137),
        ("exec-format", "EssentialContainerExited", "Essential container in task exited", 1),
        ("bad-image", "TaskFailedToStart", "CannotPullContainerError", None),
        ("secret", "TaskFailedToStart", "ResourceInitializationError", None),
        ("no-route", "TaskFailedToStart", "ResourceInitializationError", None),
        ("unhealthy", "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:", 0),
        ("container-unhealthy", "ServiceSchedulerInitiated", "Task failed container health checks", 0),
    ],
)
def test_a_failing_release_is_rolled_back_by_the_circuit_breaker(
    stage: Stage, outcome: str, stop_code: str, reason: str, exit_code: int | None
) -> None:
    stage.live()
    good = stage.service()["taskDefinition"]
    stage.outcome(outcome)
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    assert stage.watch() == ["IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    deployment = stage.deployment()
    assert deployment["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert "circuit breaker" in deployment["rollback"]["reason"]
    assert stage.service()["taskDefinition"] == good
    failed = [task for task in stage.tasks("STOPPED") if task["taskDefinitionArn"] != good]
    assert len(failed) >= 3
    for task in failed[:3]:
        assert (task["stopCode"], task["containers"][0].get("exitCode")) == (stop_code, exit_code)
        assert reason in task["stoppedReason"]
    assert "deployment failed: tasks failed to start." in stage.events()
    assert "rolling back to deployment" in stage.events()


def test_a_crashing_task_leaves_its_last_words(stage: Stage) -> None:
    stage.live()
    stage.outcome("crash", exit_code=3, logs=["starting", "no such table: items"])
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    stage.watch()
    failed = next(task for task in stage.tasks("STOPPED") if task["containers"][0].get("exitCode") == 3)
    assert stage.log(failed) == ["starting", "no such table: items"]


def test_the_first_deployment_ever_has_nothing_to_roll_back_to(stage: Stage) -> None:
    stage.outcome("crash")
    stage.create(stage.define(stage.image(b"one")))
    assert stage.watch() == ["IN_PROGRESS", "STOPPED"]
    service = stage.service()
    assert [one["rolloutState"] for one in service["deployments"]] == ["FAILED"]
    before = len(stage.tasks("STOPPED"))
    stage.service()
    assert len(stage.tasks("STOPPED")) == before, "it went on starting tasks"


def test_an_unhealthy_target_says_why(stage: Stage) -> None:
    stage.live()
    stage.outcome("unhealthy")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    seen = []
    while stage.deployment()["status"] == "IN_PROGRESS":
        seen += stage.health()
    unhealthy = [one for one in seen if one["State"] == "unhealthy"]
    assert unhealthy[0]["Reason"] == "Target.ResponseCodeMismatch"
    assert "Health checks failed" in unhealthy[0]["Description"]


def test_an_alarm_rolls_back(stage: Stage) -> None:
    alarms = stage.alarm("5xx")
    stage.create(stage.define(stage.image(b"one")), deploymentConfiguration={"alarms": alarms})
    stage.watch()
    stage.outcome("alarm")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    assert stage.watch()[-1] == "ROLLBACK_SUCCESSFUL"
    told = stage.deployment()["alarms"]
    assert told == {"status": "TRIGGERED", "alarmNames": ["backend-5xx"], "triggeredAlarmNames": ["backend-5xx"]}
    [alarm] = stage.account.client("cloudwatch").describe_alarms(AlarmNames=["backend-5xx"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"


def test_a_running_deployment_can_be_stopped_with_a_rollback(stage: Stage) -> None:
    stage.live()
    stage.outcome("stuck")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(6):
        arn = stage.deployment()["serviceDeploymentArn"]
    stage.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    assert stage.watch() == ["ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    assert "stop request" in stage.deployment()["statusReason"]
    with pytest.raises(ClientError, match="ConflictException"):
        stage.ecs.stop_service_deployment(serviceDeploymentArn=arn)


def test_stopping_an_unknown_deployment_is_refused(stage: Stage) -> None:
    with pytest.raises(ClientError, match="ServiceDeploymentNotFoundException"):
        stage.ecs.stop_service_deployment(serviceDeploymentArn="arn:aws:ecs:us-east-1:123456789012:service-deployment/a/b/c")


def test_a_newer_deployment_supersedes_the_one_in_hand(stage: Stage) -> None:
    stage.live()
    stage.outcome("stuck")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    superseded = stage.deployment()["serviceDeploymentArn"]
    stage.outcome("success")
    stage.update(taskDefinition=stage.define(stage.image(b"three")))
    assert stage.watch()[-1] == "SUCCESSFUL"
    [told] = stage.ecs.describe_service_deployments(serviceDeploymentArns=[superseded])["serviceDeployments"]
    assert (told["status"], "new service deployment" in told["statusReason"]) == ("STOPPED", True)


def test_a_slow_release_gets_there(stage: Stage) -> None:
    stage.live()
    stage.outcome("slow")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    assert stage.watch() == ["IN_PROGRESS", "SUCCESSFUL"]


def test_without_capacity_the_service_says_so_and_waits(stage: Stage) -> None:
    stage.live()
    stage.outcome("no-capacity")
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(5):
        assert stage.deployment()["status"] == "IN_PROGRESS"
    assert "was unable to place a task. Reason: Capacity is unavailable" in stage.events()


def test_tasks_wait_for_room_in_the_quota(account: Account) -> None:
    account.control("quota", code="L-3032A538", value=0.5)
    stage = Stage(account, desired=2).live()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    for _ in range(8):
        assert stage.deployment()["status"] == "IN_PROGRESS"
    assert "Reason: You've reached the limit on the number of vCPUs you can run concurrently" in stage.events()
    assert stage.deployment()["deploymentCircuitBreaker"]["failureCount"] == 0
    account.control("quota", code="L-3032A538", value=1)
    assert stage.watch()[-1] == "SUCCESSFUL"


def test_an_image_that_was_never_pushed_cannot_be_pulled(stage: Stage) -> None:
    stage.create(stage.define("sha256:" + "0" * 64))
    assert stage.watch() == ["IN_PROGRESS", "STOPPED"]
    assert all("CannotPullContainerError" in task["stoppedReason"] for task in stage.tasks("STOPPED"))


def test_a_secret_without_a_value_keeps_the_task_from_starting(stage: Stage) -> None:
    secrets = stage.account.client("secretsmanager")
    arn = secrets.create_secret(Name="items/dev/backend/SECRET_KEY")["ARN"]
    definition = stage.define(stage.image(b"one"), secrets=[{"name": "SECRET_KEY", "valueFrom": arn}])
    stage.create(definition)
    assert stage.watch() == ["IN_PROGRESS", "STOPPED"]
    assert all("unable to retrieve secret" in task["stoppedReason"] for task in stage.tasks("STOPPED"))
    secrets.put_secret_value(SecretId=arn, SecretString="hidden")
    stage.update(forceNewDeployment=True)
    assert stage.watch()[-1] == "SUCCESSFUL"


def test_a_missing_log_group_keeps_the_task_from_starting(stage: Stage) -> None:
    definition = stage.define(stage.image(b"one"))
    stage.logs.delete_log_group(logGroupName="/ecs/items/dev/backend")
    stage.create(definition)
    stage.watch()
    assert all("log group does not exist" in task["stoppedReason"] for task in stage.tasks("STOPPED"))


def test_scaling_is_no_deployment(stage: Stage) -> None:
    stage.live()
    for desired in (3, 0):
        stage.update(desiredCount=desired)
        for _ in range(10):
            service = stage.service()
        assert (service["runningCount"], service["pendingCount"], len(stage.tasks())) == (desired, 0, desired)
    assert len(stage.ecs.list_service_deployments(cluster=CLUSTER, service="backend")["serviceDeployments"]) == 1


def test_a_service_of_nothing_is_deployed_at_once(account: Account) -> None:
    stage = Stage(account, desired=0)
    stage.create(stage.define(stage.image(b"one")))
    assert stage.watch() == ["SUCCESSFUL"]


def test_a_revision_says_which_digests_it_is_made_of(stage: Stage) -> None:
    image = stage.image(b"one")
    stage.create(stage.define(image))
    arn = stage.deployment()["targetServiceRevision"]["arn"]
    [revision] = stage.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]
    assert revision["containerImages"][0]["imageDigest"] == image


def test_a_deleted_service_leaves_no_task_no_target_and_no_interface(stage: Stage) -> None:
    stage.live()
    stage.ecs.delete_service(cluster=CLUSTER, service="backend", force=True)
    assert (stage.tasks(), stage.health()) == ([], [])
    assert stage.account.client("ec2").describe_network_interfaces()["NetworkInterfaces"] == []


def test_time_stands_still_when_a_test_keeps_it(stage: Stage) -> None:
    stage.account.control("clock", runs=False)
    stage.create(stage.define(stage.image(b"one")))
    for _ in range(5):
        assert stage.deployment()["status"] == "PENDING"
    stage.account.control("advance", steps=10)
    assert stage.deployment()["status"] == "SUCCESSFUL"


def test_an_agent_outside_can_run_the_tasks(stage: Stage) -> None:
    stage.outcome("external")
    stage.create(stage.define(stage.image(b"one")))
    stage.service()
    [told] = stage.account.control("tasks", "GET")["tasks"]
    assert (told["external"], told["wanted"], told["state"]) == (True, "RUNNING", "PROVISIONING")
    for state in ("RUNNING", "HEALTHY"):
        assert stage.deployment()["status"] == "IN_PROGRESS"
        stage.account.control("tasks", task=told["task"], state=state)
    assert stage.deployment()["status"] == "SUCCESSFUL"
    stage.account.control("tasks", task=told["task"], state="STOPPED", exit_code=9)
    [ended] = stage.tasks("STOPPED")
    assert ended["containers"][0]["exitCode"] == 9
    with pytest.raises(stage.logs.exceptions.ResourceNotFoundException):
        stage.log(ended)


def test_tasks_that_an_agent_saw_crash_count_against_the_deployment(stage: Stage) -> None:
    stage.outcome("external")
    stage.create(stage.define(stage.image(b"one")))
    stage.service()
    for _ in range(3):
        [living] = [one for one in stage.account.control("tasks", "GET")["tasks"] if one["state"] != "STOPPED"]
        stage.account.control("tasks", task=living["task"], state="STOPPED", exit_code=1)
    assert stage.watch()[-1] == "STOPPED"
    assert stage.deployment()["deploymentCircuitBreaker"]["failureCount"] == 3


def test_a_task_has_containers_that_aws_adds(stage: Stage) -> None:
    stage.create(stage.define(stage.image(b"one")), serviceConnectConfiguration={"enabled": True, "namespace": "items"})
    assert stage.watch()[-1] == "SUCCESSFUL"
    [task] = stage.tasks()
    own, added = task["containers"]
    assert (own["name"], added["name"].startswith("ecs-service-connect-")) == ("backend", True)
    assert added["lastStatus"] == "RUNNING"


def test_an_unknown_outcome_is_refused_with_those_there_are(stage: Stage) -> None:
    with pytest.raises(Exception, match="400"):
        stage.outcome("nonsense")
