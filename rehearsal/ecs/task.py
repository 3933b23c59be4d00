"""A task: what moto's task is not, one that moves."""

from dataclasses import replace
from typing import Any

from moto.core.utils import utcnow
from moto.ec2 import ec2_backends
from moto.ec2.utils import random_private_ip
from moto.ecs.models import Cluster, TaskDefinition
from moto.moto_api._internal import mock_random

from . import logs
from .image import digest_of
from .outcomes import HEALTHY, STOP, UNHEALTHY, Outcome


class Task:
    """Attributes are named as DescribeTasks names them: moto's serializer reads them."""

    def __init__(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        outcome: Outcome,
        network: dict[str, Any] | None,
        group: str,
        started_by: str = "",
        account_id: str = "",
        **more: Any,
    ) -> None:
        self.id = mock_random.get_random_hex(32)
        self._account, self._region = account_id, cluster.region_name
        self._definition, self._outcome = definition, outcome
        self._script, self._at = outcome.script, 0
        self.cluster_name, self.cluster_arn = cluster.name, cluster.arn
        self.task_arn = f"{cluster.arn.replace(':cluster/', ':task/')}/{self.id}"
        self.task_definition_arn = definition.arn
        self.container_instance_arn = None
        self.group, self.started_by = group, started_by
        self.cpu, self.memory = definition.cpu, definition.memory
        self.launch_type, self.platform_version, self.platform_family = "FARGATE", "1.4.0", "Linux"
        self.overrides: dict[str, Any] = more.get("overrides") or {}
        self.tags: list[dict[str, str]] = more.get("tags") or []
        self.revision: Any = None
        self.target_group = ""
        self.desired_status, self.last_status = "RUNNING", self._script[0]
        self.health_status, self.version = "UNKNOWN", 1
        self.stop_code = self.stopped_reason = None
        self.created_at = utcnow()
        self.connectivity = self.started_at = self.stopping_at = self.stopped_at = None
        self.containers = [self._container(one) for one in definition.container_definitions]
        self.containers += [self._container(one) for one in more.get("added") or []]
        self.ever_healthy = False
        self.address: str | None = None
        self.attachments = [self._attach(network["awsvpcConfiguration"])] if network else []

    def advance(self) -> None:
        """moto advances a task whenever it is described; ours move with their service."""

    @property
    def stopped(self) -> bool:
        return self.last_status == "STOPPED"

    @property
    def wanted(self) -> bool:
        return self.desired_status == "RUNNING"

    @property
    def running(self) -> bool:
        return self.last_status == "RUNNING"

    @property
    def healthy(self) -> bool:
        return self.running and self.health_status == HEALTHY

    def step(self) -> None:
        """One state on."""
        if self._at + 1 < len(self._script):
            self._at += 1
            self.enter(self._script[self._at])

    @property
    def external(self) -> bool:
        return self._outcome.name in ("external", "real")

    def told(self, state: str, exit_code: int | None = None, reason: str = "", stop_code: str = "") -> None:
        """An agent runs the task for real, and says what became of it."""
        stop_code = stop_code or "EssentialContainerExited"
        self._outcome = replace(
            self._outcome, exit_code=exit_code, reason=reason or "Essential container in task exited", stop_code=stop_code
        )
        self.enter(state)
        if self.stopped and exit_code is not None:
            self.containers[0]["exitCode"] = exit_code

    def stop(self, code: str, reason: str, exit_code: int | None = 0) -> None:
        """Asked from outside: goes through the states of an orderly end."""
        if self.wanted:
            self.desired_status, self.stopping_at = "STOPPED", utcnow()
            self.stop_code, self.stopped_reason = code, reason
            self.containers[0]["exitCode"] = exit_code if self.started_at else None
            self._script, self._at = ("", *STOP), 0

    def end(self) -> None:
        """At once, as when its service is deleted."""
        self.desired_status = "STOPPED"
        self.enter("STOPPED")

    def enter(self, state: str) -> None:
        self.version += 1
        match state:
            case "RUNNING":
                self.last_status, self.started_at, self.connectivity = "RUNNING", utcnow(), "CONNECTED"
                if not self.external:
                    logs.write(self, self._outcome.logs)
            case _ if state in (HEALTHY, UNHEALTHY):
                self.health_status = state
                self.ever_healthy |= state == HEALTHY
            case "STOPPED":
                self._finish()
            case _:
                self.last_status = state
        for container in self.containers:
            container["lastStatus"] = self.last_status if self.last_status in ("RUNNING", "STOPPED") else "PENDING"
            container["healthStatus"] = self.health_status

    def _finish(self) -> None:
        self.last_status, self.stopped_at, self.health_status = "STOPPED", utcnow(), "UNKNOWN"
        if self.wanted:
            self.desired_status, self.stop_code, self.stopped_reason = "STOPPED", self._outcome.stop_code, self._reason()
            self.containers[0]["exitCode"] = self._outcome.exit_code
            self.containers[0]["reason"] = self._outcome.container_reason or None
        for attachment in self.attachments:
            attachment["status"] = "DELETED"
            network = next(one["value"] for one in attachment["details"] if one["name"] == "networkInterfaceId")
            ec2_backends[self._account][self._region].enis.pop(network, None)

    def _reason(self) -> str:
        first = self._definition.container_definitions[0]
        secrets = first.get("secrets") or [{"valueFrom": "{secret}"}]
        return (
            self._outcome.reason.replace("{image}", first["image"])
            .replace("{secret}", secrets[0]["valueFrom"])
            .replace("{target_group}", self.target_group)
            .replace("{task}", self.id)
        )

    def _container(self, definition: dict[str, Any]) -> dict[str, Any]:
        image = definition["image"]
        return {
            "containerArn": f"{self.task_arn.replace(':task/', ':container/')}/{mock_random.uuid4()}",
            "taskArn": self.task_arn,
            "name": definition["name"],
            "image": image,
            "imageDigest": digest_of(self._account, image),
            "runtimeId": f"{self.id}-{mock_random.randint(10**9, 10**10 - 1)}",
            "lastStatus": "PENDING",
            "healthStatus": "UNKNOWN",
            "cpu": str(definition.get("cpu", 0)),
            "networkInterfaces": [],
        }

    def _attach(self, network: dict[str, Any]) -> dict[str, Any]:
        """A network interface of its own, as Fargate gives to each task."""
        backend = ec2_backends[self._account][self._region]
        subnet, *_ = network["subnets"]
        interface = backend.create_network_interface(
            subnet=subnet,
            private_ip_address=random_private_ip(backend.get_subnet(subnet).cidr_block),
            group_ids=network.get("securityGroups", []),
            description=f"arn of the task: {self.task_arn}",
        )
        self.address = interface.private_ip_address
        self.availability_zone = backend.get_subnet(subnet).availability_zone
        details = {
            "subnetId": subnet,
            "networkInterfaceId": interface.id,
            "macAddress": interface.mac_address,
            "privateDnsName": interface.private_dns_name,
            "privateIPv4Address": interface.private_ip_address,
        }
        attachment = str(mock_random.uuid4())
        for container in self.containers:
            container["networkInterfaces"] = [{"attachmentId": attachment, "privateIpv4Address": self.address}]
        return {
            "id": attachment,
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
