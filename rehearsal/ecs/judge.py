"""Whether a deployment goes on, is given up, or is done: the circuit breaker, alarms, a request to stop."""

from typing import TYPE_CHECKING

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

from . import hooks
from .records import Deployment

if TYPE_CHECKING:
    from .rollout import Rollout

BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
HOOK = "Service deployment rolled back because of hook execution failure(s)."
REQUEST = "Service deployment rolled back because of a stop request."


def judge(rollout: "Rollout") -> None:
    """Before the scheduler has its turn."""
    current = rollout.current
    if current.status == "PENDING":
        current.started_at = utcnow()
        current.move("IN_PROGRESS")
    if current.status == "STOP_REQUESTED":
        _give_up(rollout, REQUEST, "stop requested.", True)
    if current.status == "IN_PROGRESS" and not _broken(rollout) and not _refused(rollout):
        _heed_alarms(rollout)


def _broken(rollout: "Rollout") -> bool:
    current = rollout.current
    breaker = current.deployment_configuration.get("deploymentCircuitBreaker") or {}
    if not breaker.get("enable") or current.failure_count < current.threshold:
        return False
    current.tripped = True
    rollout.say("deployment failed: tasks failed to start.", current.deployment)
    reason = "ECS deployment circuit breaker: tasks failed to start."
    _give_up(rollout, BREAKER, reason, breaker.get("rollback", False))
    return True


def _refused(rollout: "Rollout") -> bool:
    shift = rollout.current.shift
    if not shift or shift.is_over or shift.hook != hooks.FAILED:
        return False
    # The sentence is that of https://github.com/aws/containers-roadmap/issues/2664.
    rollout.say("deployment failed: hook execution failure(s) detected.", rollout.current.deployment)
    _give_up(rollout, HOOK, "ECS deployment failed: hook execution failure(s) detected.", True)
    return True


def _heed_alarms(rollout: "Rollout") -> None:
    current = rollout.current
    alarms = current.deployment_configuration.get("alarms") or {}
    if not alarms.get("enable") or not (ringing := _ringing(rollout, alarms.get("alarmNames", []))):
        return
    current.triggered_alarms = ringing
    rollout.say("deployment failed: alarm detected.", current.deployment)
    why = f"Service deployment rolled back because of triggered alarm(s): {', '.join(ringing)}."
    _give_up(rollout, why, "ECS deployment failed: alarm detected.", alarms.get("rollback", False))


def _ringing(rollout: "Rollout", names: list[str]) -> list[str]:
    service, revision = rollout.service, rollout.primary.revision
    backend = cloudwatch_backends[service._account_id][service.region_name]
    if revision.outcome.alarm and any(task.revision is revision and task.healthy for task in rollout.tasks):
        for name in names[:1]:
            if name in backend.alarms:
                backend.set_alarm_state(name, "chosen by the rehearsal", "{}", "ALARM")
        return names[:1]
    return [name for name in names if name in backend.alarms and backend.alarms[name].state_value == "ALARM"]


def _give_up(rollout: "Rollout", reason: str, state_reason: str, roll_back: bool) -> None:
    """Back to the last revision that completed; its tasks still run and are taken over."""
    if rollout.current.shift and rollout.completed:
        rollout.current.shift.back()
    if not roll_back or rollout.completed is None:
        _halt(rollout, reason.replace("rolled back", "stopped"), state_reason)
        return
    service, failed = rollout.service, rollout.primary
    back = Deployment(rollout.completed, service.desired_count, service)
    back.rollout_state_reason = f"{state_reason.rstrip('.')}: rolling back to deploymentId {back.id}"
    rollout.lead_with(back)
    failed.move("FAILED", state_reason)
    service.task_definition = rollout.completed.task_definition
    rollout.current.rollback = {
        "reason": reason,
        "startedAt": utcnow(),
        "serviceRevisionArn": rollout.completed.service_revision_arn,
    }
    rollout.current.move("ROLLBACK_IN_PROGRESS", reason)
    rollout.say(f"rolling back to deployment {back.id}.", failed)


def _halt(rollout: "Rollout", reason: str, state_reason: str) -> None:
    """Nothing to go back to, or nobody wants to: no more tasks are started, and those that run go on."""
    rollout.primary.move("FAILED", state_reason)
    rollout.current.move("STOPPED", reason)


def conclude(rollout: "Rollout") -> None:
    """After the scheduler: the deployment is complete when its tasks serve and no others live."""
    service, primary = rollout.service, rollout.primary
    live = [task for task in rollout.tasks if not task.stopped]
    leading = [task for task in live if task.wanted and task.revision is primary.revision]
    serving = len(leading) == len(live) == service.desired_count and all(task.healthy for task in leading)
    shifting = rollout.current.shift is not None and not rollout.current.shift.is_over
    if primary.rollout_state == "FAILED" or not serving or shifting:
        rollout.steady = False
        return
    service.deployments = [primary]
    if primary.rollout_state == "IN_PROGRESS":
        primary.move("COMPLETED", f"ECS deployment {primary.id} completed.")
        rollout.completed = primary.revision
        rollout.say("deployment completed.", primary)
        if not rollout.current.ended:
            rollout.current.move("ROLLBACK_SUCCESSFUL" if rollout.current.rollback else "SUCCESSFUL")
    if not rollout.steady:
        rollout.steady = True
        rollout.say("has reached a steady state.")
