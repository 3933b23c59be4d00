"""One service, played. `step` is all the time there is."""

import math
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from . import outcomes, reality
from .clock import CLOCK
from .image import digest_of
from .outcomes import CHOSEN, Outcome
from .records import Deployment, Revision, ServiceDeployment
from .targets import Targets
from .task import Task

#: Stopped tasks stay in sight; in AWS for about an hour.
STOPPED_TASKS_KEPT = 50

BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
REQUEST = "Service deployment rolled back because of a stop request."
SUPERSEDED = "Service deployment stopped because a new service deployment was started."


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
        }

    # What is asked of it

    def begin(self) -> None:
        """A new deployment of the service as it is described now."""
        if self.history and not self.current.ended:
            self.current.move("STOPPED", SUPERSEDED)
        outcome = CHOSEN.of(self.service.cluster_name, self.service.name)
        revision = self._revision(outcome)
        sources = [one.revision for one in self.service.deployments if one.status == "PRIMARY"]
        self._lead_with(Deployment(revision, self.service.desired_count, self.service))
        configuration = self.service.deploymentConfiguration
        threshold = max(3, min(200, math.ceil(self.service.desired_count / 2)))
        self.history.append(ServiceDeployment(revision, sources, configuration, self.primary, threshold=threshold))
        self.steady = False

    def stop(self, how: str) -> None:
        self.current.stop_with = how
        self.current.move("STOP_REQUESTED")

    def end(self) -> None:
        """The service is deleted."""
        for task in self.tasks:
            task.end()
            self.targets.follow(task)
        if self.history and not self.current.ended:
            self.current.move("STOPPED", "Service deployment stopped because the service was deleted.")

    # Time

    def poll(self) -> None:
        """Somebody looks: unless a test keeps the time itself, time goes on."""
        if CLOCK.runs:
            self.step()

    def step(self) -> None:
        if self.service.status != "ACTIVE":
            return
        self._advance_tasks()
        before = self.primary
        self._judge()
        self._schedule()
        self._count()
        # A rollback is in sight for a step at least, however little it has to do.
        if self.primary is before:
            self._conclude()

    def _advance_tasks(self) -> None:
        for task in self.tasks:
            if task.stopped:
                continue
            wanted = task.wanted
            task.step()
            for change in self.targets.follow(task):
                self.say(change)
            if task.stopped and wanted:
                self._mourn(task)
        self._forget()

    def _mourn(self, task: Task) -> None:
        """A task ended that should have run. Only those that never served count against the deployment."""
        self.say(f"has stopped 1 running tasks: (task {task.id}). Reason: {task.stopped_reason}")
        deployment = next((one for one in self.service.deployments if one.revision is task.revision), None)
        if deployment is None or task.ever_healthy:
            return
        deployment.failed_tasks += 1
        if deployment is self.current.deployment:
            self.current.failure_count += 1

    def _judge(self) -> None:
        """Whether the deployment in hand is to be given up."""
        current = self.current
        if current.status == "PENDING":
            current.started_at = utcnow()
            current.move("IN_PROGRESS")
        if current.status == "STOP_REQUESTED":
            if current.stop_with == "ABORT":
                self._halt("Service deployment stopped because of a stop request.", "stopped by request.")
            else:
                self._give_up(REQUEST, "stop requested.", True)
        if current.status != "IN_PROGRESS":
            return
        breaker = current.deployment_configuration.get("deploymentCircuitBreaker") or {}
        if breaker.get("enable") and current.failure_count >= current.threshold:
            current.tripped = True
            self.say("deployment failed: tasks failed to start.", current.deployment)
            self._give_up(BREAKER, "ECS deployment circuit breaker: tasks failed to start.", breaker.get("rollback", False))
            return
        alarms = current.deployment_configuration.get("alarms") or {}
        if alarms.get("enable") and (ringing := self._ringing(alarms.get("alarmNames", []))):
            current.triggered_alarms = ringing
            self.say("deployment failed: alarm detected.", current.deployment)
            why = f"Service deployment rolled back because of triggered alarm(s): {', '.join(ringing)}."
            self._give_up(why, "ECS deployment failed: alarm detected.", alarms.get("rollback", False))

    def _give_up(self, reason: str, state_reason: str, roll_back: bool) -> None:
        failed = self.primary
        if not roll_back or self.completed is None:
            self._halt(reason.replace("rolled back", "stopped"), state_reason)
            return
        back = Deployment(self.completed, self.service.desired_count, self.service)
        back.rollout_state_reason = f"{state_reason.rstrip('.')}: rolling back to deploymentId {back.id}"
        self._lead_with(back)
        failed.move("FAILED", state_reason)
        self.service.task_definition = self.completed.task_definition
        self.current.rollback = {
            "reason": reason,
            "startedAt": utcnow(),
            "serviceRevisionArn": self.completed.service_revision_arn,
        }
        self.current.move("ROLLBACK_IN_PROGRESS", reason)
        self.say(f"rolling back to deployment {back.id}.", failed)

    def _halt(self, reason: str, state_reason: str) -> None:
        """Nothing to go back to, or nobody wants to: no more tasks are started, and those that run go on."""
        self.primary.move("FAILED", state_reason)
        self.current.move("STOPPED", reason)

    def _ringing(self, names: list[str]) -> list[str]:
        backend = cloudwatch_backends[self.service._account_id][self.service.region_name]
        leading = [task for task in self.tasks if task.revision is self.primary.revision and task.healthy]
        if self.primary.revision.outcome.alarm and leading:
            for name in names:
                if name in backend.alarms:
                    backend.set_alarm_state(name, "chosen by the rehearsal", "{}", "ALARM")
            return names[:1]
        return [name for name in names if name in backend.alarms and backend.alarms[name].state_value == "ALARM"]

    def _schedule(self) -> None:
        """Starts and stops tasks within what the deployment configuration allows."""
        live = [task for task in self.tasks if not task.stopped]
        new = [task for task in live if task.wanted and task.revision is self.primary.revision]
        old = [task for task in live if task.wanted and task.revision is not self.primary.revision]
        desired, configuration = self.service.desired_count, self.service.deploymentConfiguration
        most = math.floor(desired * configuration["maximumPercent"] / 100)
        least = math.ceil(desired * configuration["minimumHealthyPercent"] / 100)
        if self.primary.rollout_state != "FAILED":
            for _ in range(min(desired - len(new), most - len(live))):
                self._start_task()
            keep = max(0, least - sum(task.healthy for task in new))
            self._stop_tasks(old[: max(0, len(old) - keep)])
        self._stop_tasks(new[desired:])

    def _start_task(self) -> None:
        revision = self.primary.revision
        service, backend = self.service, self.service._backend
        definition = backend.describe_task_definition(revision.task_definition)
        outcome = revision.outcome
        if outcome.name == "auto":
            outcome = reality.outcome_of(service._account_id, service.region_name, definition)
        if not outcome.script:
            self.say(outcome.event)
            return
        cluster = backend._get_cluster(service.cluster_name)
        task = Task(
            cluster, definition, outcome, service.network_configuration, f"service:{service.name}", self.primary.id,
            service._account_id, tags=list(service.tags) if service.propagate_tags == "SERVICE" else [],
        )
        task.revision = revision
        backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
        self.say(f"has started 1 tasks: (task {task.id}).")

    def _stop_tasks(self, tasks: list[Task]) -> None:
        for task in tasks:
            task.stop("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task.started_by})")
            self.say(f"has stopped 1 running tasks: (task {task.id}).")

    def _count(self) -> None:
        for deployment in self.service.deployments:
            counts = self.counts(deployment.revision)
            deployment.running_count, deployment.pending_count = counts["runningTaskCount"], counts["pendingTaskCount"]
            deployment.desired_count = self.service.desired_count if deployment is self.primary else 0
        self.service.running_count = sum(one.running_count for one in self.service.deployments)
        self.service.pending_count = sum(one.pending_count for one in self.service.deployments)

    def _conclude(self) -> None:
        live = [task for task in self.tasks if not task.stopped]
        leading = [task for task in live if task.wanted and task.revision is self.primary.revision]
        gone = {deployment for deployment in self.service.deployments[1:]
                if not any(task.revision is deployment.revision for task in live)}
        complete = len(leading) == len(live) == self.service.desired_count and all(task.healthy for task in leading)
        if self.primary.rollout_state == "FAILED" or not complete:
            self.steady = False
            return
        self.service.deployments = [one for one in self.service.deployments if one not in gone]
        if self.primary.rollout_state == "IN_PROGRESS":
            self.primary.move("COMPLETED", f"ECS deployment {self.primary.id} completed.")
            self.completed = self.primary.revision
            self.say("deployment completed.", self.primary)
            if not self.current.ended:
                self.current.move("ROLLBACK_SUCCESSFUL" if self.current.rollback else "SUCCESSFUL")
        if not self.steady:
            self.steady = True
            self.say("has reached a steady state.")

    # Parts

    def say(self, what: str, deployment: Deployment | None = None) -> None:
        of = f"(service {self.service.name})" + (f" (deployment {deployment.id})" if deployment else "")
        event = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": f"{of} {what}"}
        self.service.events = [event, *self.service.events[:99]]

    def _lead_with(self, deployment: Deployment) -> None:
        for other in self.service.deployments:
            other.status = "ACTIVE"
        self.service.deployments = [deployment, *self.service.deployments]

    def _revision(self, outcome: Outcome) -> Revision:
        service = self.service
        definition = service._backend.describe_task_definition(service.task_definition)
        images = [
            {"containerName": one["name"], "image": one["image"], "imageDigest": digest_of(service._account_id, one["image"])}
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
        revision = Revision(service.arn, service.cluster_arn, definition.arn, images, outcome, configuration)
        self.revisions.append(revision)
        return revision

    def _forget(self) -> None:
        stopped = sorted((task for task in self.tasks if task.stopped), key=lambda task: task.stopped_at)
        for task in stopped[:-STOPPED_TASKS_KEPT]:
            del self.service._backend.tasks[self.service.cluster_name][task.task_arn]
