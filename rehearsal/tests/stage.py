"""A cluster with a service behind a load balancer, made with boto3 alone: no Terraform, so no minutes."""

import json
from dataclasses import dataclass, field
from typing import Any

from conftest import Account
from push import Registry, digest

CLUSTER = "items-dev"
EXECUTION = "items-dev-backend-execution"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
START = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": ["ecr:*", "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue"],
        "Resource": "*",
    },
}
BREAKER = {"enable": True, "rollback": True}


@dataclass
class Stage:
    account: Account
    desired: int = 1
    balanced: bool = True
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ecs, self.ecr = self.account.client("ecs"), self.account.client("ecr")
        self.elb, self.logs = self.account.client("elbv2"), self.account.client("logs")
        self.registry = None
        self.ecs.create_cluster(clusterName=CLUSTER)
        self.ecr.create_repository(repositoryName="items/backend")
        self.logs.create_log_group(logGroupName="/ecs/items/dev/backend")
        self.iam = self.account.client("iam")
        self.iam.create_role(RoleName=EXECUTION, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.may(START)
        ec2 = self.account.client("ec2")
        subnets = ec2.describe_subnets()["Subnets"]
        self.subnets, vpc = [one["SubnetId"] for one in subnets], subnets[0]["VpcId"]
        self.group = self.elb.create_target_group(Name="backend", Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip")[
            "TargetGroups"
        ][0]["TargetGroupArn"]
        self._listen()

    def _listen(self) -> None:
        """A load balancer that forwards to the group: ECS wants one before the service."""
        subnets = self.subnets[:2]
        balancer = self.elb.create_load_balancer(Name="stage", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        forward = {"Type": "forward", "TargetGroupArn": self.group}
        self.elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=8080, DefaultActions=[forward])

    def may(self, policy: dict[str, Any]) -> None:
        """What ECS may do to start the tasks."""
        self.iam.put_role_policy(RoleName=EXECUTION, PolicyName="start", PolicyDocument=json.dumps(policy))

    def image(self, content: bytes) -> str:
        self.registry = self.registry or Registry(self.account)
        manifest = self.registry.image("items/backend", content)
        self.registry.manifest("items/backend", None, manifest)
        return digest(manifest)

    def define(self, image: str, **container: Any) -> str:
        options = {"awslogs-group": "/ecs/items/dev/backend", "awslogs-stream-prefix": "ecs", "awslogs-region": "us-east-1"}
        return self.ecs.register_task_definition(
            family="items-dev-backend",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=f"arn:aws:iam::123456789012:role/{EXECUTION}",
            containerDefinitions=[
                {
                    "name": "backend",
                    "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/items/backend@{image}",
                    "portMappings": [{"containerPort": 8000}],
                    "logConfiguration": {"logDriver": "awslogs", "options": options},
                    **container,
                }
            ],
        )["taskDefinition"]["taskDefinitionArn"]

    @property
    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": self.subnets[:2], "securityGroups": [], "assignPublicIp": "ENABLED"}}

    def create(self, definition: str, **more: Any) -> None:
        balancer = (
            [{"targetGroupArn": self.group, "containerName": "backend", "containerPort": 8000}] if self.balanced else []
        )
        wanted = {
            "launchType": "FARGATE",
            "deploymentConfiguration": {"deploymentCircuitBreaker": BREAKER},
            "networkConfiguration": self.network,
            "loadBalancers": balancer,
        }
        self.ecs.create_service(
            cluster=CLUSTER,
            serviceName="backend",
            taskDefinition=definition,
            desiredCount=self.desired,
            **{**wanted, **more},
        )

    def update(self, **wanted: Any) -> None:
        self.ecs.update_service(cluster=CLUSTER, service="backend", **wanted)

    def service(self) -> dict[str, Any]:
        return self.ecs.describe_services(cluster=CLUSTER, services=["backend"])["services"][0]

    def deployment(self) -> dict[str, Any]:
        newest = self.ecs.list_service_deployments(cluster=CLUSTER, service="backend")["serviceDeployments"][0]
        return self.ecs.describe_service_deployments(serviceDeploymentArns=[newest["serviceDeploymentArn"]])[
            "serviceDeployments"
        ][0]

    def watch(self, steps: int = 80) -> list[str]:
        """The states that the newest deployment goes through, to its end."""
        seen: list[str] = []
        for _ in range(steps):
            status = self.deployment()["status"]
            if not seen or seen[-1] != status:
                seen.append(status)
            if status in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"):
                return seen
        raise AssertionError(f"no end after {steps} looks: {seen}")

    def live(self) -> "Stage":
        """A first release that runs."""
        self.create(self.define(self.image(b"one")))
        assert self.watch()[-1] == "SUCCESSFUL"
        return self

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster=CLUSTER, serviceName="backend", desiredStatus=status)["taskArns"]
        return self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] if arns else []

    def health(self) -> list[dict[str, Any]]:
        found = self.elb.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return [one["TargetHealth"] for one in found]

    def events(self) -> str:
        return "\n".join(event["message"] for event in self.service()["events"])

    def alarm(self, metric: str) -> dict[str, Any]:
        """Makes the alarm `backend-5xx`, and returns what a deployment says of it."""
        self.account.client("cloudwatch").put_metric_alarm(
            AlarmName="backend-5xx",
            MetricName=metric,
            Namespace="AWS/ApplicationELB",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        return {"alarmNames": ["backend-5xx"], "enable": True, "rollback": True}

    def log(self, task: dict[str, Any]) -> list[str]:
        stream = f"ecs/backend/{task['taskArn'].split('/')[-1]}"
        events = self.logs.get_log_events(logGroupName="/ecs/items/dev/backend", logStreamName=stream)["events"]
        return [event["message"] for event in events]

    def outcome(self, name: str, **more: Any) -> None:
        self.account.control("outcome", service="backend", outcome=name, **more)


def as_json(value: Any) -> str:
    return json.dumps(value, default=str)
