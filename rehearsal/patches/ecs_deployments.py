"""ECS: List-, Describe- and StopServiceDeployment(s), DescribeServiceRevisions. moto has none of them."""

from collections.abc import Iterator

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse as Responses

from ..ecs.records import ServiceDeployment
from ..ecs.rollout import Rollout
from ..patching import add


class DeploymentNotFound(ServiceException):
    code = "ServiceDeploymentNotFoundException"


class Conflict(ServiceException):
    code = "ConflictException"


def rollouts(backend: EC2ContainerServiceBackend) -> Iterator[tuple[Rollout, ServiceDeployment]]:
    for service in list(backend.services.values()):
        for deployment in service._rollout.history:
            yield service._rollout, deployment


@add(Responses, "list_service_deployments")
def list_service_deployments(self: Responses) -> ActionResult:
    service = self.ecs_backend._get_service(
        self._get_param("cluster", "default").split("/")[-1], self._get_param("service").split("/")[-1]
    )
    statuses, created = self._get_param("status"), self._get_param("createdAt") or {}
    found = [
        one.brief()
        for one in reversed(service._rollout.history)
        if (not statuses or one.status in statuses)
        and (not created.get("after") or one.created_at.timestamp() >= _seconds(created["after"]))
        and (not created.get("before") or one.created_at.timestamp() <= _seconds(created["before"]))
    ]
    start, most = int(self._get_param("nextToken") or 0), self._get_int_param("maxResults", 100)
    page = {"serviceDeployments": found[start : start + most]}
    return ActionResult(page | ({"nextToken": str(start + most)} if start + most < len(found) else {}))


def _seconds(time) -> float:
    return time.timestamp() if hasattr(time, "timestamp") else float(time)


@add(Responses, "describe_service_deployments")
def describe_service_deployments(self: Responses) -> ActionResult:
    wanted = self._get_param("serviceDeploymentArns")
    found = {one.arn: (rollout, one) for rollout, one in rollouts(self.ecs_backend) if one.arn in wanted}
    for rollout in {rollout for rollout, _ in found.values()}:
        rollout.poll()
    return ActionResult(
        {
            "serviceDeployments": [one.document(rollout.counts) for rollout, one in found.values()],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in found],
        }
    )


@add(Responses, "stop_service_deployment")
def stop_service_deployment(self: Responses) -> ActionResult:
    arn = self._get_param("serviceDeploymentArn")
    rollout, deployment = next((pair for pair in rollouts(self.ecs_backend) if pair[1].arn == arn), (None, None))
    if rollout is None:
        raise DeploymentNotFound("Service deployment not found.")
    if deployment.status not in ("PENDING", "IN_PROGRESS"):
        raise Conflict(f"Service deployment is in {deployment.status} state and cannot be stopped.")
    rollout.stop()
    return ActionResult({"serviceDeploymentArn": arn})


@add(Responses, "describe_service_revisions")
def describe_service_revisions(self: Responses) -> ActionResult:
    wanted = self._get_param("serviceRevisionArns")
    every = {
        one.service_revision_arn: one for service in self.ecs_backend.services.values() for one in service._rollout.revisions
    }
    return ActionResult(
        {
            "serviceRevisions": [every[arn].document() for arn in wanted if arn in every],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in every],
        }
    )
