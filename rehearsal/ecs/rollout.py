"""One service, played. `step` is all the time there is."""

import math
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from . import judge, scheduler
from .clock import CLOCK
from .image import digest_of
from .outcomes import CHOSEN, UNHEALTHY
from .records import Deployment, Revision, ServiceDeployment
from .shift import Shift
from .targets import Targets
from .task import Task

#: Stopped tasks stay in sight; in AWS for about an hour.
STOPPED_TASKS_KEPT = 50

SUPERSEDED = "Service deployment stopped because a new service deployment was started."
DELETED = "Service deployment stopped because the service was deleted."


class Rollout:
    def __init__(self, service: Any) -> None:
        self.service = service
        self.targets = Targets(service)
        self.revisions: list[Revision] = []
        self.history: list[ServiceDeployment] = []
        #: What a rollback goes back to.
        self.completed: Revision | None = None
        self.steady = False

    # What the world sees

    @property
    def tasks(self) -> list[Task]:
        group = f"service:{self.service.name}"
        tasks = self.service._backend.tasks.get(self.service.cluster_name, {}).values()
        return [task for task in tasks if task.group == group]

    @property
    def primary(self) -> Deployment:
        return self.service.deployments[0]

    @property
    def current(self) -> ServiceDeployment:
        return self.history[-1]

    def counts(self, revision: Revision) -> dict[str, Any]:
        tasks = [task for task in self.tasks if task.revision is revision and task.wanted]
        running = sum(task.running for task in tasks)
        return {
            "arn": revision.service_revision_arn,
            "requestedTaskCount": self.service.desired_count if revision is self.primary.revision else len(tasks),
            "runningTaskCount": running,
            "pendingTaskCount": len(tasks) - running,
            **self._traffic(revision),
        }

    def _traffic(self, revision: Revision) -> dict[str, float]:
        shift = self.current.shift
        if shift is None:
            return {}
        new = revision is self.current.target
        return {
            "requestedProductionTrafficWeight": shift.weight if new else 100 - shift.weight,
            "requestedTestTrafficWeight": shift.test_weight if new else 100 - shift.test_weight if shift.tests else 0,
        }

    def say(self, what: str, deployment: Deployment | None = None) -> None:
        of = f"(service {self.service.name})" + (f" (deployment {deployment.id})" if deployment else "")
        event = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": f"{of} {what}"}
        self.service.events = [event, *self.service.events[:99]]

    # What is asked of it

    def begin(self) -> None:
        """A new deployment of the service as it is described now."""
        if self.history and not self.current.ended:
            self.current.move("STOPPED", SUPERSEDED)
        service, revision = self.service, self._revision()
        shift = self._shift(revision)
        sources = [one.revision for one in service.deployments if one.status == "PRIMARY"]
        self.lead_with(Deployment(revision, service.desired_count, service))
        threshold = max(3, min(200, math.ceil(service.desired_count / 2)))
        self.history.append(
            ServiceDeployment(revision, sources, service.deploymentConfiguration, self.primary, shift, threshold=threshold)
        )
        self.steady = False

    def _shift(self, revision: Revision) -> Shift | None:
        if self.service.deploymentConfiguration.get("strategy", "ROLLING") == "ROLLING":
            return None
        # What was on its way has no traffic any more, and goes before another comes.
        if self.history and self.current.shift and self.current.status == "STOPPED":
            self.current.shift.back()
        shift = Shift(self.service, self.service.deploymentConfiguration)
        revision.groups = shift.green or None
        return shift

    def lead_with(self, deployment: Deployment) -> None:
        for other in self.service.deployments:
            other.status = "ACTIVE"
        self.service.deployments = [deployment, *self.service.deployments]

    def stop(self) -> None:
        self.current.move("STOP_REQUESTED")

    def end(self) -> None:
        """The service is deleted."""
        for task in self.tasks:
            task.end()
            self.targets.follow(task)
        if self.history and not self.current.ended:
            self.current.move("STOPPED", DELETED)

    # Time

    def poll(self) -> None:
        """Somebody looks: unless a test keeps the time itself, time goes on."""
        if CLOCK.runs:
            self.step()

    def step(self) -> None:
        if self.service.status != "ACTIVE":
            return
        self._advance()
        before = self.primary
        self._go_on_shifting()
        judge.judge(self)
        scheduler.schedule(self)
        self._count()
        # A rollback is in sight for a step at least, however little it has to do.
        if self.primary is before:
            judge.conclude(self)

    def _go_on_shifting(self) -> None:
        shift, current = self.current.shift, self.current
        if shift and current.status == "IN_PROGRESS":
            healthy = sum(task.healthy and task.wanted for task in self.tasks if task.revision is current.target)
            shift.step(healthy >= self.service.desired_count)

    def told(self, task: Task, state: str, **more: Any) -> None:
        """An agent that runs the task for real says what became of it."""
        wanted = task.wanted
        task.told(state, **more)
        self._follow(task, wanted)
        if state == UNHEALTHY and wanted:
            self._give_up(task)
        self.step()

    def _give_up(self, task: Task) -> None:
        """ECS stops a task that its load balancer finds unhealthy, and starts another."""
        group = f" in (target-group {task.target_group})" if task.target_group else ""
        task.stop("ServiceSchedulerInitiated", f"Task failed ELB health checks{group}")
        self._mourn(task)

    def _advance(self) -> None:
        for task in [task for task in self.tasks if not task.stopped]:
            wanted = task.wanted
            task.step()
            self._follow(task, wanted)
        stopped = sorted((task for task in self.tasks if task.stopped), key=lambda task: task.stopped_at)
        for task in stopped[:-STOPPED_TASKS_KEPT]:
            del self.service._backend.tasks[self.service.cluster_name][task.task_arn]

    def _follow(self, task: Task, wanted: bool) -> None:
        for change in self.targets.follow(task):
            self.say(change)
        if task.stopped and wanted:
            self._mourn(task)

    def _mourn(self, task: Task) -> None:
        """A task ended that should have run. Only those that never served count against the deployment."""
        self.say(f"has stopped 1 running tasks: (task {task.id}). Reason: {task.stopped_reason}")
        deployment = next((one for one in self.service.deployments if one.revision is task.revision), None)
        if deployment is None or task.ever_healthy:
            return
        deployment.failed_tasks += 1
        if deployment is self.current.deployment:
            self.current.failure_count += 1

    def _count(self) -> None:
        for deployment in self.service.deployments:
            counts = self.counts(deployment.revision)
            deployment.running_count, deployment.pending_count = counts["runningTaskCount"], counts["pendingTaskCount"]
            beside = self.current.shift and not self.current.shift.is_over
            leads = deployment is self.primary or (beside and deployment.revision is self.completed)
            deployment.desired_count = self.service.desired_count if leads else 0
        self.service.running_count = sum(one.running_count for one in self.service.deployments)
        self.service.pending_count = sum(one.pending_count for one in self.service.deployments)

    def _revision(self) -> Revision:
        service = self.service
        definition = service._backend.describe_task_definition(service.task_definition)
        images = [
            {
                "containerName": one["name"],
                "image": one["image"],
                "imageDigest": digest_of(service._account_id, one["image"]),
            }
            for one in definition.container_definitions
        ]
        configuration = {
            "launchType": service.launch_type,
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "loadBalancers": service.load_balancers,
            "networkConfiguration": service.network_configuration,
            "capacityProviderStrategy": getattr(service, "capacityProviderStrategy", None),
            "serviceConnectConfiguration": service._service_connect,
        }
        outcome = CHOSEN.of(service.cluster_name, service.name)
        revision = Revision(service.arn, service.cluster_arn, definition.arn, images, outcome, configuration)
        self.revisions.append(revision)
        return revision
