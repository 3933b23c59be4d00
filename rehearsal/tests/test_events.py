"""What happens to an account by itself: passwords rotate, credentials end, capacity goes, schedules scale."""

import json

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import Account
from stage import CLUSTER, Stage

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "sts:AssumeRole",
    },
}
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def role(account: Account, name: str = "items-deploy") -> Account:
    iam = account.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    return account.as_role(name)


def test_a_managed_password_rotates(account: Account) -> None:
    arn = account.database("items", ManageMasterUserPassword=True)["MasterUserSecret"]["SecretArn"]
    secrets = account.client("secretsmanager")
    before = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
    assert account.control("rotate") == {"rotated": [arn]}
    after = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
    assert after["password"] != before["password"]
    previous = secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")["SecretString"]
    assert json.loads(previous) == before
    account.control("rotate")
    previous = secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")["SecretString"]
    assert json.loads(previous) == after


def test_nothing_to_rotate_is_said(account: Account) -> None:
    with pytest.raises(Exception, match="400"):
        account.control("rotate")


def test_credentials_end_while_they_are_used(account: Account) -> None:
    deploy, other = role(account), role(account, "items-plan")
    deploy.client("ecs").list_clusters()
    assert account.control("expire", role="items-deploy") == {"expired": 1}
    with pytest.raises(ClientError, match="ExpiredToken.*The security token included in the request is expired"):
        deploy.client("ecs").list_clusters()
    with pytest.raises(ClientError, match="ExpiredToken"):
        deploy.client("s3").list_buckets()
    other.client("ecs").list_clusters()
    account.as_role("items-deploy").client("ecs").list_clusters()


def test_spot_capacity_goes_and_counts_against_no_release(account: Account) -> None:
    stage = Stage(account, desired=2).live()
    stage.update(taskDefinition=stage.define(stage.image(b"two")))
    while not any(task["lastStatus"] == "RUNNING" for task in stage.tasks()):
        stage.service()
    account.control("interrupt", service="backend")
    assert stage.watch()[-1] == "SUCCESSFUL"
    [gone] = [task for task in stage.tasks("STOPPED") if task["stopCode"] == "SpotInterruption"]
    assert gone["stoppedReason"] == "Your Spot Task was interrupted."
    assert stage.deployment()["deploymentCircuitBreaker"]["failureCount"] == 0
    for _ in range(10):
        service = stage.service()
    assert service["runningCount"] == 2


def test_a_schedule_scales(account: Account) -> None:
    stage = Stage(account, desired=3).live()
    scaling = account.client("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/backend",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=6)
    for name, least, most in (("night", 0, 0), ("morning", 4, 6)):
        scaling.put_scheduled_action(
            **target,
            ScheduledActionName=name,
            Schedule="cron(0 20 * * ? *)",
            ScalableTargetAction={"MinCapacity": least, "MaxCapacity": most},
        )
    for name, desired in (("night", 0), ("morning", 4)):
        assert account.control("schedule", action=name) == {"desired": desired}
        for _ in range(12):
            service = stage.service()
        assert (service["desiredCount"], service["runningCount"]) == (desired, desired)
    [told] = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (told["MinCapacity"], told["MaxCapacity"]) == (4, 6)
    scaling.register_scalable_target(**target, SuspendedState={"ScheduledScalingSuspended": True})
    assert account.control("schedule", action="night") == {"desired": 4}


GUESSED = "items-driftless-123456789012-us-east-1"


def test_a_bucket_of_the_guessed_name_is_somebody_elses(account: Account) -> None:
    account.control("bucket", bucket=GUESSED)
    for s3 in (account.client("s3"), role(account).client("s3")):
        with pytest.raises(ClientError, match="BucketAlreadyExists"):
            s3.create_bucket(Bucket=GUESSED)
        # Who does not ask whose it is gives it the state.
        s3.put_object(Bucket=GUESSED, Key="dev.tfstate", Body=b"{}")
        for call, more in (
            ("head_bucket", {}),
            ("put_object", {"Key": "dev.tfstate", "Body": b"{}"}),
            ("get_object", {"Key": "dev.tfstate"}),
            ("list_objects_v2", {}),
        ):
            with pytest.raises(ClientError) as error:
                getattr(s3, call)(Bucket=GUESSED, ExpectedBucketOwner="123456789012", **more)
            assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
            getattr(s3, call)(Bucket=GUESSED, ExpectedBucketOwner="999999999999", **more)


def test_a_bucket_is_somebody_elses_for_who_comes_through_a_proxy_too(account: Account) -> None:
    account.control("bucket", bucket=GUESSED)
    proxied = Config(proxies={"http": account.address}, s3={"addressing_style": "path"})
    s3 = account.client("s3", config=proxied)
    s3.head_bucket(Bucket=GUESSED)
    with pytest.raises(ClientError) as error:
        s3.head_bucket(Bucket=GUESSED, ExpectedBucketOwner="123456789012")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_bucket_of_ones_own_is_what_it_is_expected_to_be(account: Account) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket=GUESSED)
    s3.head_bucket(Bucket=GUESSED, ExpectedBucketOwner="123456789012")
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket=GUESSED, ExpectedBucketOwner="999999999999")
