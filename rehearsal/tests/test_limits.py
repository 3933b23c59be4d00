"""What AWS refuses though the request is in form: what is there once, and what has to be there before."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from stage import Stage


def test_an_account_has_one_detector(account: Account) -> None:
    guard = account.client("guardduty")
    guard.create_detector(Enable=True)
    with pytest.raises(ClientError, match="a detector already exists for the current account") as error:
        guard.create_detector(Enable=True)
    assert error.value.response["Error"]["Code"] == "BadRequestException"


def test_an_account_has_one_monitor_of_services(account: Account) -> None:
    costs = account.client("ce")
    monitor = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    arn = costs.create_anomaly_monitor(AnomalyMonitor=monitor)["MonitorArn"]
    with pytest.raises(ClientError, match="Limit exceeded on dimensional spend monitor creation"):
        costs.create_anomaly_monitor(AnomalyMonitor=monitor | {"MonitorName": "another"})
    costs.delete_anomaly_monitor(MonitorArn=arn)
    costs.create_anomaly_monitor(AnomalyMonitor=monitor)


def test_a_load_balancer_wants_an_internet_gateway_and_two_zones(account: Account) -> None:
    ec2, elb = account.client("ec2"), account.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for index, zone in enumerate(("us-east-1a", "us-east-1b", "us-east-1b"))
    ]
    with pytest.raises(ClientError, match=f"InvalidSubnet.*VPC {vpc} has no internet gateway"):
        elb.create_load_balancer(Name="items", Subnets=subnets[:2])
    assert elb.describe_load_balancers()["LoadBalancers"] == []
    elb.create_load_balancer(Name="inside", Subnets=subnets[:2], Scheme="internal")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    elb.create_load_balancer(Name="items", Subnets=subnets[:2])
    with pytest.raises(ClientError, match="At least two subnets in two different Availability Zones must be specified"):
        elb.create_load_balancer(Name="narrow", Subnets=subnets[1:])


def test_a_service_wants_a_listener_before_its_target_group(account: Account) -> None:
    stage = Stage(account)
    group = stage.elb.create_target_group(
        Name="alone",
        Protocol="HTTP",
        Port=80,
        VpcId=account.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"],
        TargetType="ip",
    )["TargetGroups"][0]["TargetGroupArn"]
    balancer = {"targetGroupArn": group, "containerName": "backend", "containerPort": 8000}
    definition = stage.define(stage.image(b"one"))
    with pytest.raises(ClientError, match=f"The target group with targetGroupArn {group} does not have an associated load"):
        stage.create(definition, loadBalancers=[balancer])
    stage.create(definition)


def test_a_number_of_a_rule_is_in_use_once(account: Account) -> None:
    stage = Stage(account)
    balancer = stage.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    listener = stage.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    rule = {
        "ListenerArn": listener,
        "Priority": 10,
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api"]}}],
        "Actions": [{"Type": "forward", "TargetGroupArn": stage.group}],
    }
    stage.elb.create_rule(**rule)
    with pytest.raises(ClientError, match="PriorityInUse"):
        stage.elb.create_rule(**rule)


def test_the_name_of_a_secret_is_taken_until_its_deletion_is_done(account: Account) -> None:
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name="items/dev/KEY", SecretString="hidden")
    secrets.delete_secret(SecretId="items/dev/KEY", RecoveryWindowInDays=7)
    with pytest.raises(ClientError, match="already scheduled for deletion") as error:
        secrets.create_secret(Name="items/dev/KEY", SecretString="hidden")
    assert error.value.response["Error"]["Code"] == "InvalidRequestException"


ALLOWED = "strings less than 256 characters from the following set"


@pytest.mark.parametrize(
    ("service", "call", "wanted", "code", "said"),
    [
        (
            "ec2",
            "create_security_group",
            {"GroupName": "sg-tools", "Description": "tools"},
            "InvalidParameterValue",
            "Value (sg-tools) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
        ),
        (
            "ec2",
            "create_security_group",
            {"GroupName": "tools", "Description": "don't"},
            "InvalidParameterValue",
            f"Invalid security group description. Valid descriptions are {ALLOWED}",
        ),
        (
            "elbv2",
            "create_load_balancer",
            {"Name": "internal-tools"},
            "ValidationError",
            "The load balancer name 'internal-tools' cannot begin with 'internal-'",
        ),
        (
            "elbv2",
            "create_load_balancer",
            {"Name": "t" * 33},
            "ValidationError",
            f"The load balancer name '{'t' * 33}' cannot be longer than '32' characters",
        ),
        (
            "elbv2",
            "create_target_group",
            {"Name": "tools", "HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5},
            "ValidationError",
            "Health check interval must be greater than the timeout.",
        ),
        (
            "secretsmanager",
            "create_secret",
            {"Name": "items/dev/a key"},
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        ),
        ("s3", "create_bucket", {"Bucket": "items-s3alias"}, "InvalidBucketName", "The specified bucket is not valid."),
        ("s3", "create_bucket", {"Bucket": "items..logs"}, "InvalidBucketName", "The specified bucket is not valid."),
        (
            "rds",
            "create_db_instance",
            {"DBInstanceIdentifier": "items", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "DBName": "my-items"},
            "InvalidParameterValue",
            "DBName must begin with a letter and contain only alphanumeric characters.",
        ),
        (
            "rds",
            "create_db_cluster",
            {"DBClusterIdentifier": "items", "Engine": "aurora-postgresql", "DatabaseName": "order"},
            "InvalidParameterValue",
            "It is a reserved word for this engine",
        ),
        (
            "rds",
            "create_db_cluster",
            {"DBClusterIdentifier": "items", "Engine": "aurora-postgresql", "MasterUsername": "admin"},
            "InvalidParameterValue",
            "MasterUsername admin cannot be used as it is a reserved word used by the engine",
        ),
    ],
)
def test_names_that_aws_does_not_take(
    account: Account, service: str, call: str, wanted: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(account.client(service), call)(**wanted)
    told = error.value.response["Error"]
    assert (told["Code"], said in told["Message"]) == (code, True), told["Message"]


@pytest.mark.parametrize(
    ("service", "call", "wanted", "code"),
    [
        ("iam", "create_role", {"RoleName": "items", "AssumeRolePolicyDocument": "{}"}, "EntityAlreadyExists"),
        ("logs", "create_log_group", {"logGroupName": "/ecs/items"}, "ResourceAlreadyExistsException"),
        ("ecr", "create_repository", {"repositoryName": "items"}, "RepositoryAlreadyExistsException"),
        ("ec2", "create_security_group", {"GroupName": "items", "Description": "items"}, "InvalidGroup.Duplicate"),
        ("secretsmanager", "create_secret", {"Name": "items", "SecretString": "hidden"}, "ResourceExistsException"),
        ("efs", "create_file_system", {"CreationToken": "items"}, "FileSystemAlreadyExists"),
        ("s3", "create_bucket", {"Bucket": "items"}, "BucketAlreadyOwnedByYou"),
    ],
)
def test_two_environments_cannot_have_one_name(
    account: Account, service: str, call: str, wanted: dict[str, Any], code: str
) -> None:
    # us-east-1 lets a bucket be made again by whom it belongs to.
    create = getattr(account.client(service, "eu-central-1"), call)
    if service == "s3":
        wanted = wanted | {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}
    create(**wanted)
    with pytest.raises(ClientError) as error:
        create(**wanted)
    assert error.value.response["Error"]["Code"] == code


def test_a_rule_has_five_values_six_wildcards_and_characters_of_paths_and_hosts(account: Account) -> None:
    stage = Stage(account)
    refused = {
        ("path-pattern", ("/a", "/b", "/c", "/d", "/e", "/f")): "A rule can only have '5' condition values",
        ("path-pattern", ("/*/*/*", "/*/*/*/*")): "A rule can only have '6' condition wildcards",
        ("path-pattern", ("/a b",)): "Condition value '/a b' contains a character that is not valid",
        ("path-pattern", ("/items{id}",)): "contains a character that is not valid",
        ("host-header", ("example.com:8443",)): "contains a character that is not valid",
        ("host-header", ("localhost",)): "contains a character that is not valid",
    }
    for (field, values), said in refused.items():
        with pytest.raises(ClientError) as error:
            route(stage, 10, field, *values)
        told = error.value.response["Error"]
        assert (told["Code"], said in told["Message"]) == ("ValidationError", True), told["Message"]
    route(stage, 10, "path-pattern", "/api", "/api/*", "/a+b/~c&d", "/$x", "/q?")
    route(stage, 11, "host-header", "*.example.com", "items.example.org")


def test_a_load_balancer_has_a_hundred_rules(account: Account) -> None:
    stage = Stage(account)
    for number in range(1, 101):
        route(stage, number, "path-pattern", f"/{number}")
    with pytest.raises(ClientError, match="TooManyRules"):
        route(stage, 101, "path-pattern", "/101")


def test_a_target_group_is_of_one_load_balancer(account: Account) -> None:
    stage = Stage(account)
    balancer = stage.elb.create_load_balancer(Name="other", Subnets=stage.subnets[:2])["LoadBalancers"][0]
    forward = {"Type": "forward", "TargetGroupArn": stage.group}
    with pytest.raises(ClientError, match="TargetGroupAssociationLimit.*more than one load balancer: .*backend"):
        stage.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[forward]
        )
    first = stage.elb.describe_load_balancers(Names=["stage"])["LoadBalancers"][0]["LoadBalancerArn"]
    stage.elb.create_listener(LoadBalancerArn=first, Protocol="HTTP", Port=81, DefaultActions=[forward])


def route(stage: Stage, number: int, field: str, *values: str) -> None:
    balancer = stage.elb.describe_load_balancers(Names=["stage"])["LoadBalancers"][0]["LoadBalancerArn"]
    listener = stage.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    kind = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}[field]
    stage.elb.create_rule(
        ListenerArn=listener,
        Priority=number,
        Conditions=[{"Field": field, kind: {"Values": list(values)}}],
        Actions=[{"Type": "forward", "TargetGroupArn": stage.group}],
    )


def test_an_account_has_so_many_networks_addresses_and_load_balancers(account: Account) -> None:
    ec2 = account.client("ec2")
    for index in range(4):
        ec2.create_vpc(CidrBlock=f"10.{index}.0.0/16")
    with pytest.raises(ClientError, match="VpcLimitExceeded.*The maximum number of VPCs has been reached."):
        ec2.create_vpc(CidrBlock="10.9.0.0/16")
    for _ in range(5):
        ec2.allocate_address(Domain="vpc")
    with pytest.raises(ClientError, match="AddressLimitExceeded.*The maximum number of addresses has been reached."):
        ec2.allocate_address(Domain="vpc")
    account.control("quota", code="L-0263D0A3", value=6)
    ec2.allocate_address(Domain="vpc")
    account.control("quota", code="L-53DA6B97", value=0)
    with pytest.raises(ClientError, match="TooManyLoadBalancers"):
        account.client("elbv2").create_load_balancer(Name="items")


def test_tasks_on_fargate_have_sizes_that_there_are_and_a_role_to_pull_and_log_with(account: Account) -> None:
    ecs = account.client("ecs")
    container = {"name": "backend", "image": "example.com/items", "essential": True}
    wanted = {
        "family": "items",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
    }
    private = container | {"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/items:1"}
    logs = container | {"logConfiguration": {"logDriver": "awslogs", "options": {}}}
    for change, said in (
        ({"memory": "4096"}, "No Fargate configuration exists for given values: 256 CPU, 4096 memory."),
        ({"cpu": "300"}, "No Fargate configuration exists for given values: 300 CPU, 512 memory."),
        ({"networkMode": "bridge"}, "Fargate only supports network mode"),
        ({"containerDefinitions": [private]}, "to have execution role ARN to support ECR images."),
        ({"containerDefinitions": [logs]}, "to have execution role ARN to support log driver awslogs."),
    ):
        with pytest.raises(ClientError, match=said) as error:
            ecs.register_task_definition(**wanted | change)
        assert error.value.response["Error"]["Code"] == "ClientException"
    ecs.register_task_definition(**wanted)


def test_what_iam_has_once(account: Account) -> None:
    iam = account.client("iam")
    provider = {"Url": "https://token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com"]}
    iam.create_open_id_connect_provider(**provider)
    with pytest.raises(ClientError, match="EntityAlreadyExists.*Provider with url https://token.actions.githubuser"):
        iam.create_open_id_connect_provider(**provider)
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    with pytest.raises(ClientError, match="(?i)InvalidInput.*AWSServiceRoleForECS has been taken in this account"):
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    iam.create_service_linked_role(AWSServiceName="elasticloadbalancing.amazonaws.com")


def test_the_name_of_a_last_snapshot_is_taken_once(account: Account) -> None:
    rds = account.client("rds")
    for expected in (None, "DBSnapshotAlreadyExists"):
        account.database("items", ManageMasterUserPassword=True)
        last = {"DBInstanceIdentifier": "items", "FinalDBSnapshotIdentifier": "items-last"}
        if expected is None:
            rds.delete_db_instance(**last)
            continue
        with pytest.raises(ClientError, match=expected):
            rds.delete_db_instance(**last)


def test_a_service_is_of_its_cluster_once(account: Account) -> None:
    stage = Stage(account)
    definition = stage.define(stage.image(b"one"))
    stage.create(definition)
    with pytest.raises(ClientError, match="Creation of service was not idempotent.") as error:
        stage.create(definition)
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"
