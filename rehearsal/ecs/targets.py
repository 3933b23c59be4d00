"""The load balancer's side of a task: registered, healthy or not, drained."""

from typing import Any

from moto.elbv2.models import FakeTargetGroup, elbv2_backends

from .task import Task

INITIAL = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
HEALTHY = ("healthy", None, None)
UNHEALTHY = ("unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]")
DRAINING = ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")


class Targets:
    """Those of one service."""

    def __init__(self, service: Any) -> None:
        self.service = service

    def groups(self, task: Task) -> list[tuple[FakeTargetGroup, int]]:
        backend = elbv2_backends[self.service._account_id][self.service.region_name]
        wanted = [(one.get("targetGroupArn"), one.get("containerPort")) for one in self.service.load_balancers]
        if task.revision and task.revision.groups:
            ports = [one.get("containerPort") for one in self.service.load_balancers if one.get("advancedConfiguration")]
            wanted = list(zip(task.revision.groups, ports, strict=False))
        return [(backend.target_groups[arn], port) for arn, port in wanted if arn in backend.target_groups]

    def follow(self, task: Task) -> list[str]:
        """Brings the load balancer to where the task is; says what changed, as the service's events do."""
        said = []
        for group, port in self.groups(task):
            task.target_group = group.arn
            before = group.rehearsed_health.get(task.address)
            state = self._state(task)
            if state == before:
                continue
            if state is None:
                group.targets.pop(task.address, None)
                group.rehearsed_health.pop(task.address, None)
                continue
            group.targets[task.address] = {"Id": task.address, "Port": port}
            group.rehearsed_health[task.address] = state
            match state:
                case _ if before is None:
                    said.append(f"registered 1 targets in (target-group {group.arn})")
                case _ if state == DRAINING:
                    said.append(f"deregistered 1 targets in (target-group {group.arn})")
                case _ if state == UNHEALTHY:
                    said.append(f"(port {port}) is unhealthy in (target-group {group.arn}) due to (reason {UNHEALTHY[2]})")
        return said

    def _state(self, task: Task) -> tuple | None:
        if task.address is None or task.stopped:
            return None
        if task.last_status == "DEACTIVATING":
            return DRAINING
        if not task.running:
            return None
        return {"HEALTHY": HEALTHY, "UNHEALTHY": UNHEALTHY}.get(task.health_status, INITIAL)
