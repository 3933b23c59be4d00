"""ECS: what Fargate wants of a task, strategies and the role that moves traffic, and how a deployment is stopped."""

from collections.abc import Iterator

from moto.ecs.models import ecs_backends

from ... import ACCOUNT
from ...access import balancing
from ...access.call import Call
from ...access.refusal import Refusal
from .rules import rule

#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html: memory from, to, in steps of.
FARGATE = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


@rule("ecs", "RegisterTaskDefinition")
def tasks_on_fargate(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html,
    https://github.com/hashicorp/terraform-provider-aws/issues/3051,
    https://github.com/virtual-kubelet/virtual-kubelet/issues/193"""
    wanted = call.parameters
    if "FARGATE" not in (wanted.get("requiresCompatibilities") or []):
        return
    if wanted.get("networkMode") != "awsvpc":
        yield Refusal("ClientException", "Fargate only supports network mode ‘awsvpc’.", 400)
    cpu, memory = wanted.get("cpu", ""), wanted.get("memory", "")
    least, most, step = FARGATE.get(int(cpu) if cpu.isdigit() else 0, (0, -1, 1))
    if cpu.isdigit() and memory.isdigit() and not (least <= int(memory) <= most and int(memory) % step == 0):
        told = f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
        yield Refusal("ClientException", f"{told} See the Amazon ECS documentation for the valid values.", 400)
    if wanted.get("executionRoleArn"):
        return
    must = "Fargate requires task definition to have execution role ARN to support"
    for container in wanted.get("containerDefinitions") or []:
        if ".dkr.ecr." in container.get("image", ""):
            yield Refusal("ClientException", f"{must} ECR images.", 400)
        if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
            yield Refusal("ClientException", f"{must} log driver awslogs.", 400)


@rule("ecs", "CreateService")
def names_of_services(call: Call) -> Iterator[Refusal]:
    """https://github.com/hashicorp/terraform-provider-aws/issues/23462"""
    wanted = call.parameters["serviceName"], call.parameters.get("cluster", "default").split("/")[-1]
    for service in ecs_backends[ACCOUNT][call.region].services.values():
        if (service.name, service.cluster_name) == wanted and service.status == "ACTIVE":
            yield _bad("Creation of service was not idempotent.")


@rule("ecs", "CreateService", "UpdateService")
def strategies(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html"""
    configuration = call.parameters.get("deploymentConfiguration") or {}
    strategy = configuration.get("strategy", "ROLLING")
    for kind, of, percent, least, bake in (
        ("linearConfiguration", "LINEAR", "stepPercent", 3.0, "stepBakeTimeInMinutes"),
        ("canaryConfiguration", "CANARY", "canaryPercent", 0.1, "canaryBakeTimeInMinutes"),
    ):
        wanted = configuration.get(kind)
        if wanted is None:
            continue
        if strategy != of:
            yield _bad(f"{kind} is only valid when the deployment strategy is {of}.")
        yield from _within(f"{kind}.{percent}", wanted.get(percent), least, 100.0)
        yield from _within(f"{kind}.{bake}", wanted.get(bake), 0, 1440)
    yield from _within("bakeTimeInMinutes", configuration.get("bakeTimeInMinutes"), 0, 1440)
    balancers = call.parameters.get("loadBalancers") or []
    if strategy != "ROLLING" and not all(one.get("advancedConfiguration") for one in balancers):
        yield _bad(
            "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy."
        )


@rule("ecs", "CreateService", "UpdateService")
def roles_of_deployments(call: Call) -> Iterator[Refusal]:
    """https://github.com/TeliaSoneraNorge/divx-terraform-modules/issues/28"""
    for balancer in call.parameters.get("loadBalancers") or []:
        if balancer.get("advancedConfiguration") and not balancing.may(call.region, balancer):
            told = "Unable to assume role and validate the specified targetGroupArn."
            yield _bad(f"{told} Please verify that the ECS service role being passed has the proper permissions.")


def _within(name: str, value: float | None, least: float, most: float) -> Iterator[Refusal]:
    if value is not None and not least <= value <= most:
        yield _bad(f"{name} must be between {least} and {most}.")


def _bad(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message, 400)


@rule("ecs", "StopServiceDeployment")
def ways_to_stop(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html: ABORT is in the model
    and not valid."""
    if call.parameters.get("stopType") == "ABORT":
        yield Refusal("InvalidParameterException", "Invalid stopType: ABORT. The valid values are ROLLBACK.", 400)
