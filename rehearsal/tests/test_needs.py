"""A task starts if there is a way to what it needs and its roles may, else it stops for the reason that ECS gives."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from stage import CLUSTER, EXECUTION, START, TRUST, Stage

SECRET = {"name": "KEY", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:items/dev/KEY-abcdef"}


@pytest.fixture
def stage(account: Account) -> Stage:
    return Stage(account)


def reason(stage: Stage) -> str:
    """Why the tasks of the service stop."""
    stage.watch()
    [*_, last] = stage.tasks("STOPPED")
    assert last["stopCode"] == "TaskFailedToStart"
    return last["stoppedReason"]


class Private:
    """A VPC without a way out, and two subnets of it."""

    def __init__(self, stage: Stage, public: str = "DISABLED") -> None:
        self.ec2 = stage.account.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=zone)["Subnet"][
                "SubnetId"
            ]
            for index, zone in enumerate(("us-east-1a", "us-east-1b"))
        ]
        self.table = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["RouteTables"][0][
            "RouteTableId"
        ]
        self.group = self.make_group("tasks")
        self.network = {
            "awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.group], "assignPublicIp": public}
        }

    def make_group(self, name: str) -> str:
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]

    def gateway(self) -> None:
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.ec2.create_route(RouteTableId=self.table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)

    def endpoints(self, *services: str) -> str:
        """Interface endpoints, and one for S3; gives the group of the former, which lets nobody in yet."""
        group = self.make_group("endpoints")
        for service in services:
            self.ec2.create_vpc_endpoint(
                VpcId=self.vpc,
                ServiceName=f"com.amazonaws.us-east-1.{service}",
                VpcEndpointType="Interface",
                SubnetIds=self.subnets,
                SecurityGroupIds=[group],
                PrivateDnsEnabled=True,
            )
        self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", RouteTableIds=[self.table]
        )
        return group

    def let_in(self, group: str, port: int = 443) -> None:
        pair = {"GroupId": self.group}
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [pair]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def create(stage: Stage, network: dict[str, Any], **container: Any) -> None:
    stage.balanced = False
    stage.create(stage.define(stage.image(b"one"), **container), networkConfiguration=network)


def test_a_task_without_a_way_out_does_not_start(stage: Stage) -> None:
    create(stage, Private(stage).network)
    assert reason(stage).startswith(
        "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from "
        "Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration."
    )


def test_an_internet_gateway_is_a_way_for_those_with_public_addresses_alone(stage: Stage) -> None:
    private = Private(stage)
    private.gateway()
    create(stage, private.network)
    assert "connection issue between the task and Amazon ECR" in reason(stage)
    public = private.network["awsvpcConfiguration"] | {"assignPublicIp": "ENABLED"}
    stage.update(networkConfiguration={"awsvpcConfiguration": public})
    assert stage.watch()[-1] == "SUCCESSFUL"


@pytest.mark.parametrize(
    ("services", "because"),
    [
        (("ecr.dkr", "logs"), "unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR"),
        (
            ("ecr.api", "logs"),
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref",
        ),
        (("ecr.api", "ecr.dkr"), "failed to validate logger args: The task cannot find the Amazon CloudWatch log group"),
        (("ecr.api", "ecr.dkr", "logs"), ""),
    ],
)
def test_each_endpoint_is_missed(stage: Stage, services: tuple[str, ...], because: str) -> None:
    private = Private(stage)
    private.let_in(private.endpoints(*services))
    create(stage, private.network)
    if because:
        assert because in reason(stage)
    else:
        assert stage.watch()[-1] == "SUCCESSFUL"


def test_an_endpoint_whose_group_lets_nobody_in_is_no_way(stage: Stage) -> None:
    private = Private(stage)
    group = private.endpoints("ecr.api", "ecr.dkr", "logs")
    create(stage, private.network)
    assert "connection issue between the task and Amazon ECR" in reason(stage)
    private.let_in(group)
    stage.update(forceNewDeployment=True)
    assert stage.watch()[-1] == "SUCCESSFUL"


def test_layers_come_from_s3(stage: Stage) -> None:
    private = Private(stage)
    private.let_in(private.endpoints("ecr.api", "ecr.dkr", "logs"))
    [gateway] = private.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}])[
        "VpcEndpoints"
    ]
    private.ec2.delete_vpc_endpoints(VpcEndpointIds=[gateway["VpcEndpointId"]])
    create(stage, private.network)
    assert "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com" in reason(stage)


def test_a_network_acl_that_denies_is_no_way(stage: Stage) -> None:
    acl = stage.account.client("ec2").describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]
    stage.account.client("ec2").create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=1, Egress=True, Protocol="-1", RuleAction="deny", CidrBlock="0.0.0.0/0"
    )
    create(stage, stage.network)
    assert "connection issue between the task and Amazon ECR" in reason(stage)


def without(action: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [START["Statement"], {"Effect": "Deny", "Action": action, "Resource": "*"}],
    }


@pytest.mark.parametrize(
    ("action", "because"),
    [
        (
            "ecr:GetAuthorizationToken",
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
            "unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: "
            f"arn:aws:sts::123456789012:assumed-role/{EXECUTION}/",
        ),
        (
            "ecr:BatchGetImage",
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref",
        ),
        ("secretsmanager:GetSecretValue", "unable to retrieve secret from asm: service call has been retried 1 time(s)"),
        ("logs:CreateLogStream", "is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:us-east-1:"),
    ],
)
def test_each_right_of_the_execution_role_is_missed(stage: Stage, action: str, because: str) -> None:
    stage.may(without(action))
    create(stage, stage.network, secrets=[SECRET])
    said = reason(stage)
    assert because in said, said
    assert "{task}" not in said


def test_a_role_that_does_not_trust_ecs_starts_nothing(stage: Stage) -> None:
    trust = json.dumps(TRUST).replace("ecs-tasks.", "ec2.")
    stage.iam.update_assume_role_policy(RoleName=EXECUTION, PolicyDocument=trust)
    create(stage, stage.network)
    for _ in range(3):
        stage.service()
    assert stage.tasks() == []
    said = f"ECS was unable to assume the role 'arn:aws:iam::123456789012:role/{EXECUTION}' that was provided for this task."
    assert f"failed to launch a task with (error {said}" in stage.events()
    with pytest.raises(ClientError, match="ECS was unable to assume the role"):
        stage.ecs.run_task(cluster=CLUSTER, taskDefinition="items-dev-backend", networkConfiguration=stage.network)


def test_the_source_of_a_trust_is_heeded(stage: Stage) -> None:
    trust = json.loads(json.dumps(TRUST))
    trust["Statement"]["Condition"] = {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:*"},
    }
    stage.iam.update_assume_role_policy(RoleName=EXECUTION, PolicyDocument=json.dumps(trust))
    stage.live()
    trust["Statement"]["Condition"]["StringEquals"]["aws:SourceAccount"] = "210987654321"
    stage.iam.update_assume_role_policy(RoleName=EXECUTION, PolicyDocument=json.dumps(trust))
    stage.update(forceNewDeployment=True)
    stage.service()
    assert "ECS was unable to assume the role" in stage.events()


def test_files_need_a_mount_target_that_lets_the_task_in(stage: Stage) -> None:
    private = Private(stage, "ENABLED")
    private.gateway()
    efs = stage.account.client("efs")
    system = efs.create_file_system(CreationToken="items")["FileSystemId"]
    image = stage.image(b"one")
    arn = stage.define(image)
    definition = stage.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    files = {"fileSystemId": system, "transitEncryption": "ENABLED"}
    wanted = {
        "networkMode",
        "requiresCompatibilities",
        "cpu",
        "memory",
        "executionRoleArn",
        "containerDefinitions",
        "family",
    }
    arn = stage.ecs.register_task_definition(
        **{name: value for name, value in definition.items() if name in wanted},
        volumes=[{"name": "data", "efsVolumeConfiguration": files}],
    )["taskDefinition"]["taskDefinitionArn"]
    stage.balanced = False
    stage.create(arn, networkConfiguration=private.network)
    assert f'Failed to resolve "{system}.efs.us-east-1.amazonaws.com"' in reason(stage)
    group = private.make_group("files")
    for subnet in private.subnets:
        efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[group])
    stage.update(forceNewDeployment=True)
    assert "failed to invoke EFS utils commands to set up EFS volumes" in reason(stage)
    private.let_in(group, 2049)
    stage.update(forceNewDeployment=True)
    assert stage.watch()[-1] == "SUCCESSFUL"
    own = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/other"}, "Action": "elasticfilesystem:*"}
    policy = {"Version": "2012-10-17", "Statement": [own]}
    efs.put_file_system_policy(FileSystemId=system, Policy=json.dumps(policy), BypassPolicyLockoutSafetyCheck=True)
    stage.update(forceNewDeployment=True)
    assert "access denied by server while mounting" in reason(stage)
