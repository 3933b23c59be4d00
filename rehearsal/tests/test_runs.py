from typing import Any

import pytest
from conftest import Account
from stage import CLUSTER, Stage


@pytest.fixture
def stage(account: Account) -> Stage:
    return Stage(account)


def run(stage: Stage, definition: str) -> list[dict[str, Any]]:
    """Every state of a task that is run, to its end."""
    [task] = stage.ecs.run_task(cluster=CLUSTER, taskDefinition=definition, networkConfiguration=stage.network)["tasks"]
    states = [task]
    while states[-1]["lastStatus"] != "STOPPED":
        [task] = stage.ecs.describe_tasks(cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"]
        states.append(task)
        assert len(states) < 20
    return states


def test_a_task_is_run_to_its_exit_code(stage: Stage) -> None:
    stage.account.control("run", exit_code=3, logs=["migrating", "no such column"])
    states = run(stage, stage.define(stage.image(b"one")))
    assert [task["lastStatus"] for task in states] == ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "STOPPED"]
    assert (states[-1]["containers"][0]["exitCode"], states[-1]["stopCode"]) == (3, "EssentialContainerExited")
    assert stage.log(states[-1]) == ["migrating", "no such column"]


def test_a_task_is_known_by_the_prefix_of_its_log_stream(stage: Stage) -> None:
    definition = stage.define(stage.image(b"one"))
    tasks = [run(stage, definition)[-1] for _ in range(2)]
    prefix = f"ecs/backend/{tasks[0]['taskArn'].rpartition('/')[2]}"
    events = stage.logs.filter_log_events(logGroupName="/ecs/items/dev/backend", logStreamNamePrefix=prefix)["events"]
    assert {event["logStreamName"] for event in events} == {prefix}


def test_a_task_ends_well_unless_told_otherwise(stage: Stage) -> None:
    assert run(stage, stage.define(stage.image(b"one")))[-1]["containers"][0]["exitCode"] == 0


def test_a_task_without_its_image_does_not_start(stage: Stage) -> None:
    last = run(stage, stage.define("sha256:" + "0" * 64))[-1]
    assert (last["stopCode"], "CannotPull" in last["stoppedReason"]) == ("TaskFailedToStart", True)


def test_a_running_task_can_be_stopped(stage: Stage) -> None:
    stage.account.control("run", steps=100)
    definition = stage.define(stage.image(b"one"))
    [task] = stage.ecs.run_task(cluster=CLUSTER, taskDefinition=definition, networkConfiguration=stage.network)["tasks"]
    for _ in range(5):
        stage.ecs.describe_tasks(cluster=CLUSTER, tasks=[task["taskArn"]])
    stage.ecs.stop_task(cluster=CLUSTER, task=task["taskArn"], reason="enough")
    for _ in range(5):
        [task] = stage.ecs.describe_tasks(cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"]
    assert (task["lastStatus"], task["stoppedReason"]) == ("STOPPED", "enough")
    assert task["containers"][0]["exitCode"] == 143


def test_an_unknown_task_is_a_failure_of_the_answer(stage: Stage) -> None:
    answer = stage.ecs.describe_tasks(cluster=CLUSTER, tasks=["nothing"])
    assert (answer["tasks"], answer["failures"][0]["reason"]) == ([], "MISSING")
