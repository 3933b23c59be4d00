"""ECS services: all their attributes are kept, and a change of them is a deployment.

moto keeps a few attributes, so that every plan differs, and never moves a deployment."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.ecs.responses import EC2ContainerServiceResponse as Responses

from ..ecs.rollout import Rollout
from ..patching import replace, wrap

#: Handled by name below, or by moto.
KNOWN = {
    "cluster",
    "service",
    "serviceName",
    "taskDefinition",
    "desiredCount",
    "schedulingStrategy",
    "tags",
    "clientToken",
    "deploymentController",
    "launchType",
    "role",
    "forceNewDeployment",
    "deploymentConfiguration",
    "serviceConnectConfiguration",
}
#: moto's own names for what UpdateService may change.
RENAMED = {
    "loadBalancers": "load_balancers",
    "networkConfiguration": "network_configuration",
    "platformVersion": "platform_version",
    "propagateTags": "propagate_tags",
    "serviceRegistries": "service_registries",
}
#: A change of these starts tasks anew.
ROLLING = (
    "networkConfiguration",
    "loadBalancers",
    "platformVersion",
    "capacityProviderStrategy",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
)
DEFAULTS = {"maximumPercent": 200, "minimumHealthyPercent": 100}


def absorb(service: Service, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        if value is not None and name not in KNOWN:
            setattr(service, RENAMED.get(name, name), value)
    service.deploymentConfiguration = {**service.deploymentConfiguration, **(wanted.get("deploymentConfiguration") or {})}
    service._service_connect = wanted.get("serviceConnectConfiguration") or service._service_connect
    if getattr(service, "capacityProviderStrategy", None):
        service.launch_type = None


@wrap(Responses, "create_service")
def create_service(original, self: Responses) -> ActionResult:
    result = original(self)
    service = self.ecs_backend._get_service(self._get_param("cluster", "default"), self._get_param("serviceName"))
    service.availabilityZoneRebalancing = "DISABLED"
    service.enableExecuteCommand = service.enableECSManagedTags = False
    service.healthCheckGracePeriodSeconds = 0
    service.createdAt, service.platformFamily = utcnow(), "Linux"
    service.deploymentConfiguration, service._service_connect = DEFAULTS, None
    service.running_count = service.pending_count = 0
    service.deployments = []
    absorb(service, self._get_params())
    service._rollout = Rollout(service)
    service._rollout.begin()
    return result


@replace(Responses, "update_service")
def update_service(self: Responses) -> ActionResult:
    wanted, backend = self._get_params(), self.ecs_backend
    service = backend._get_service(wanted.get("cluster", "default"), wanted["service"].split("/")[-1])
    before = service.task_definition, [_kept(service, name) for name in ROLLING]
    if "taskDefinition" in wanted:
        service.task_definition = backend.describe_task_definition(wanted["taskDefinition"]).arn
    if wanted.get("desiredCount") is not None:
        service.desired_count = wanted["desiredCount"]
    absorb(service, wanted)
    after = service.task_definition, [_kept(service, name) for name in ROLLING]
    if wanted.get("forceNewDeployment") or before != after:
        service._rollout.begin()
    return ActionResult({"service": service})


def _kept(service: Service, name: str) -> Any:
    attribute = "_service_connect" if name == "serviceConnectConfiguration" else RENAMED.get(name, name)
    return getattr(service, attribute, None)


@wrap(EC2ContainerServiceBackend, "describe_services")
def describe_services(original, self: EC2ContainerServiceBackend, *arguments: Any) -> tuple:
    """A look at a service is a step of it."""
    services, failures = original(self, *arguments)
    for service in services:
        service._rollout.poll()
    return services, failures


@wrap(EC2ContainerServiceBackend, "delete_service")
def delete_service(original, self: EC2ContainerServiceBackend, *arguments: Any, **named: Any) -> Service:
    service = original(self, *arguments, **named)
    service._rollout.end()
    return service
