"""What the API tells of a rollout. Attributes are named as the API names them: moto's serializer reads them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from .outcomes import Outcome
from .shift import Shift

#: ServiceDeployment: nothing happens to it any more.
ENDED = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}


def _number() -> int:
    return mock_random.randint(10**18, 10**19 - 1)


def _arn(service_arn: str, kind: str) -> str:
    return f"{service_arn.replace(':service/', f':{kind}/')}/{_number()}"


@dataclass(eq=False)
class Revision:
    """A service's configuration at one time; DescribeServiceRevisions."""

    service_arn: str
    cluster_arn: str
    task_definition: str
    container_images: list[dict[str, Any]]
    outcome: Outcome
    configuration: dict[str, Any]
    #: Where its tasks are registered, if that is a choice: ARNs of target groups.
    groups: list[str] | None = None
    service_revision_arn: str = ""
    created_at: datetime = field(default_factory=utcnow)

    def __post_init__(self) -> None:
        self.service_revision_arn = _arn(self.service_arn, "service-revision")

    def document(self) -> dict[str, Any]:
        return {
            "serviceRevisionArn": self.service_revision_arn,
            "serviceArn": self.service_arn,
            "clusterArn": self.cluster_arn,
            "taskDefinition": self.task_definition,
            "containerImages": self.container_images,
            "createdAt": self.created_at,
            **self.configuration,
            **({"resolvedConfiguration": {"loadBalancers": self._resolved()}} if self.groups else {}),
        }

    def _resolved(self) -> list[dict[str, str]]:
        rules = [(one.get("advancedConfiguration") or {}).get("productionListenerRule") for one in self.load_balancers]
        return [
            {"targetGroupArn": group, "productionListenerRule": rule}
            for group, rule in zip(self.groups or [], filter(None, rules), strict=True)
        ]

    @property
    def load_balancers(self) -> list[dict[str, Any]]:
        return self.configuration["loadBalancers"] or []


@dataclass(eq=False)
class Deployment:
    """One of `deployments` in DescribeServices."""

    revision: Revision
    desired_count: int
    service: Any = field(repr=False)
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    rollout_state_reason: str = ""
    running_count: int = 0
    pending_count: int = 0
    failed_tasks: int = 0
    id: str = field(default_factory=lambda: f"ecs-svc/{_number()}")
    created_at: datetime = field(default_factory=utcnow)
    updated_at: datetime = field(default_factory=utcnow)
    platform_version: str = "1.4.0"
    platform_family: str = "Linux"

    def __post_init__(self) -> None:
        self.rollout_state_reason = f"ECS deployment {self.id} in progress."

    def move(self, state: str, reason: str) -> None:
        self.rollout_state, self.rollout_state_reason, self.updated_at = state, reason, utcnow()

    @property
    def task_definition(self) -> str:
        return self.revision.task_definition

    @property
    def launch_type(self) -> str | None:
        return self.service.launch_type

    @property
    def capacity_provider_strategy(self) -> Any:
        return getattr(self.service, "capacityProviderStrategy", None)

    @property
    def network_configuration(self) -> Any:
        return self.service.network_configuration

    @property
    def service_connect_configuration(self) -> Any:
        return self.service._service_connect


@dataclass(eq=False)
class ServiceDeployment:
    """List- and DescribeServiceDeployments: a rollout from its start to its end, rollback included."""

    target: Revision
    sources: list[Revision]
    deployment_configuration: dict[str, Any]
    deployment: Deployment
    #: Of traffic, where the strategy is not a rolling one.
    shift: Shift | None = None
    status: str = "PENDING"
    status_reason: str | None = None
    failure_count: int = 0
    threshold: int = 3
    tripped: bool = False
    triggered_alarms: list[str] = field(default_factory=list)
    rollback: dict[str, Any] | None = None
    arn: str = ""
    created_at: datetime = field(default_factory=utcnow)
    updated_at: datetime = field(default_factory=utcnow)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        self.arn = _arn(self.target.service_arn, "service-deployment")

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def move(self, status: str, reason: str | None = None) -> None:
        self.status, self.updated_at = status, utcnow()
        self.status_reason = reason or self.status_reason
        if status == "STOPPED":
            self.stopped_at = utcnow()
        if self.ended:
            self.finished_at = utcnow()

    def brief(self) -> dict[str, Any]:
        return {
            "serviceDeploymentArn": self.arn,
            "serviceArn": self.target.service_arn,
            "clusterArn": self.target.cluster_arn,
            "startedAt": self.started_at,
            "createdAt": self.created_at,
            "finishedAt": self.finished_at,
            "targetServiceRevisionArn": self.target.service_revision_arn,
            "status": self.status,
            "statusReason": self.status_reason,
        }

    def document(self, counts: Any) -> dict[str, Any]:
        """`counts` gives the requested, running and pending tasks of a revision."""
        brief = self.brief()
        brief.pop("targetServiceRevisionArn")
        return {
            **brief,
            "stoppedAt": self.stopped_at,
            "updatedAt": self.updated_at,
            "sourceServiceRevisions": [counts(one) for one in self.sources],
            "targetServiceRevision": counts(self.target),
            "deploymentConfiguration": self.deployment_configuration,
            **({"lifecycleStage": self.shift.stage} if self.shift else {}),
            "rollback": self.rollback,
            "deploymentCircuitBreaker": {
                "status": self._guard("deploymentCircuitBreaker", self.tripped),
                "failureCount": self.failure_count,
                "threshold": self.threshold,
            },
            "alarms": {
                "status": self._guard("alarms", bool(self.triggered_alarms)),
                "alarmNames": (self.deployment_configuration.get("alarms") or {}).get("alarmNames", []),
                "triggeredAlarmNames": self.triggered_alarms,
            },
        }

    def _guard(self, name: str, triggered: bool) -> str:
        if not (self.deployment_configuration.get(name) or {}).get("enable"):
            return "DISABLED"
        if triggered:
            return "TRIGGERED"
        return "MONITORING_COMPLETE" if self.ended else "MONITORING"
