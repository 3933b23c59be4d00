"""The account as a whole: forks, faults, what is missing, how it ends."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import ClientError
from conftest import ROOT, Account, start
from stage import CLUSTER, Stage


def test_a_fork_has_what_its_origin_has_and_keeps_its_changes_to_itself(account: Account) -> None:
    account.client("ssm").put_parameter(Name="both", Value="1", Type="String")
    fork = account.fork()
    fork.client("ssm").put_parameter(Name="fork", Value="1", Type="String")
    names = [
        sorted(one["Name"] for one in where.client("ssm").describe_parameters()["Parameters"]) for where in (account, fork)
    ]
    assert names == [["both"], ["both", "fork"]]
    token = fork.client("ecr").get_authorization_token()["authorizationData"][0]
    assert token["proxyEndpoint"] == fork.address


def test_a_fork_takes_a_rollout_with_it(account: Account) -> None:
    stage = Stage(account).live()
    fork = account.fork()
    there = fork.client("ecs")
    there.update_service(cluster=CLUSTER, service="backend", desiredCount=0)
    for _ in range(10):
        there.describe_services(cluster=CLUSTER, services=["backend"])
    assert there.list_tasks(cluster=CLUSTER)["taskArns"] == []
    assert len(stage.tasks()) == 1


def test_nothing_outlives_the_input_of_the_account() -> None:
    process, account = start()
    fork = account.fork()
    process.stdin.close()
    assert process.wait(60) == 0
    # The fork sees the end of a pipe, which is at once, but not before the origin's end.
    for _ in range(1000):
        try:
            urllib.request.urlopen(f"{fork.address}/_rehearsal/health", timeout=10).read()
        except (urllib.error.URLError, ConnectionError):
            return
    raise AssertionError("the fork lives on")


def test_a_fault_meets_the_next_requests_and_then_is_over(account: Account) -> None:
    account.control("fault", match="ListClusters", status=400, times=1, code="ThrottlingException")
    client = account.client("ecs")
    client.meta.config.retries = {"total_max_attempts": 1}
    assert client.list_clusters()["ResponseMetadata"]["RetryAttempts"] == 1
    account.control("fault", match="^GET /v2/", status=503)
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(f"{account.address}/v2/")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{account.address}/v2/")


def test_a_fault_of_the_older_services_is_found_by_the_name_of_the_call(account: Account) -> None:
    account.control("fault", match="DescribeAddresses", status=403, code="UnauthorizedOperation")
    client = account.client("ec2")
    assert client.describe_vpcs()["Vpcs"], "the body can be read after it was looked at"
    with pytest.raises(ClientError, match="403|UnauthorizedOperation"):
        client.describe_addresses()
    assert client.describe_addresses()["Addresses"] == []


def test_the_clock_of_an_account_can_be_another(account: Account) -> None:
    def off() -> float:
        with urllib.request.urlopen(f"{account.address}/_rehearsal/health") as answer:
            return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()

    assert abs(off()) < 60
    account.control("skew", seconds=3600)
    assert 3500 < off() < 3700


@pytest.mark.parametrize("service", ["codedeploy", "cloudtrail", "iam"])
def test_a_call_that_is_not_there_is_said_once_and_clearly(account: Account, service: str) -> None:
    client = account.client(service)
    call = {
        "codedeploy": lambda: client.list_deployment_configs(),
        "cloudtrail": lambda: client.list_queries(EventDataStore="none"),
        "iam": lambda: client.simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::123456789012:role/deploy", ActionNames=["ecs:RunTask"]
        ),
    }[service]
    with pytest.raises(ClientError, match="NotImplemented|501") as error:
        call()
    assert error.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_an_unknown_control_lists_those_there_are(account: Account) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        account.control("nothing")
    assert b"POST /_rehearsal/outcome" in error.value.read()


def refusal(change: str) -> str:
    """What the account says instead of starting, moto having been changed."""
    script = f"{change}; import runpy, sys; sys.argv = ['rehearsal']; runpy.run_module('rehearsal', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done
    return done.stderr


def test_another_moto_ends_the_start_with_what_to_do() -> None:
    said = refusal("import moto; moto.__version__ = '9'")
    assert "the patches are for moto `5.2.1`, installed is `9`" in said
    assert said.splitlines()[-1].startswith("hint: pip install -r ")


def test_a_patched_name_that_is_gone_ends_the_start() -> None:
    said = refusal("import moto.ecr.models as models; del models.Image._create_digest")
    assert "moto has no `Image._create_digest` to patch" in said


def test_a_name_that_moto_has_learnt_ends_the_start() -> None:
    said = refusal("import moto.ecs.responses as it; it.EC2ContainerServiceResponse.list_service_deployments = 1")
    assert "list_service_deployments` now" in said


def test_secrets_have_versions_and_stages(account: Account) -> None:
    client = account.client("secretsmanager")
    client.create_secret(Name="items/dev/backend/SECRET_KEY")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_secret_value(SecretId="items/dev/backend/SECRET_KEY")
    first, second = (
        client.put_secret_value(SecretId="items/dev/backend/SECRET_KEY", SecretString=value)["VersionId"] for value in "ab"
    )
    stages = client.describe_secret(SecretId="items/dev/backend/SECRET_KEY")["VersionIdsToStages"]
    assert stages == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    assert client.get_secret_value(SecretId="items/dev/backend/SECRET_KEY", VersionId=first)["SecretString"] == "a"


def test_an_object_is_written_once(account: Account) -> None:
    client = account.client("s3")
    client.create_bucket(Bucket="items-state")
    write = {"Bucket": "items-state", "Key": "releases/dev/00000001.json", "IfNoneMatch": "*"}
    etag = client.put_object(**write, Body=b"first")["ETag"]
    with pytest.raises(ClientError, match="PreconditionFailed") as error:
        client.put_object(**write, Body=b"second")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    replace = {"Bucket": "items-state", "Key": "releases/dev/00000001.json"}
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.put_object(**replace, Body=b"third", IfMatch='"0"')
    client.put_object(**replace, Body=b"third", IfMatch=etag)
    assert client.get_object(**replace)["Body"].read() == b"third"


def test_a_role_can_be_assumed(account: Account) -> None:
    assert account.client("sts").get_caller_identity()["Account"] == "123456789012"
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    account.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
    assumed = account.client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/deploy", RoleSessionName="test")
    assert assumed["Credentials"]["Expiration"]


def test_a_call_that_is_held_back_keeps_nobody_else(account: Account) -> None:
    account.control("hold", match="CreateCluster", seconds=2)
    ecs, others = account.client("ecs"), account.client("ecs")
    created: list[float] = []

    def create() -> None:
        ecs.create_cluster(clusterName="late")
        created.append(time.monotonic())

    began = time.monotonic()
    thread = threading.Thread(target=create)
    thread.start()
    while time.monotonic() - began < 1:
        assert others.list_clusters()["clusterArns"] == []
    thread.join()
    assert created[0] - began >= 2
    assert others.list_clusters()["clusterArns"]
    account.control("hold", "DELETE")
    ecs.create_cluster(clusterName="soon")
    assert time.monotonic() - created[0] < 2
