"""What an agent that runs the tasks for real asks of the account, and what it says. docs in README.md."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any

from moto.elbv2.models import FakeListener, FakeLoadBalancer, FakeTargetGroup
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from .ecs import logs
from .ecs.image import is_private, repository_of
from .ecs.reality import SECRET, version_of
from .ecs.rollout import Rollout
from .ecs.task import Task
from .http import Request, Response, answer
from .listening import backends, patterns
from .names import names
from .playing import rollouts
from .registry.token import Token

#: Headers that are of one connection, and no part of the message.
HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection", "te", "trailer", "upgrade"}


@dataclass
class Agent:
    #: Where an agent answers for a load balancer, by its DNS name.
    balancers: dict[str, str] = field(default_factory=dict)

    def answers(self, host: str, request: Request) -> Response | None:
        """What the agent's load balancer of that name says; nothing if it has none."""
        address = self.balancers.get(host)
        return _passed_on(address, request) if address else None


AGENT = Agent()


def balance(host: str, address: str) -> None:
    AGENT.balancers[host.lower()] = address


def tasks() -> dict[str, Any]:
    """What an agent needs to know that runs the tasks for real."""
    return {"tasks": [_told(rollout, task) for rollout in rollouts() for task in rollout.tasks]}


def move(task: str, state: str, **told: Any) -> None:
    """An agent says what became of a task: state is PENDING, ACTIVATING, RUNNING, HEALTHY, UNHEALTHY or STOPPED."""
    found = _find(task)
    if found is None:
        raise ValueError(f"no task `{task}`")
    rollout, one = found
    rollout.told(one, state, **told)


def write(task: str, lines: list[str]) -> None:
    """What a task wrote; of one that is gone it is lost."""
    if (found := _find(task)) is not None:
        logs.write(found[1], lines)


def _told(rollout: Rollout, task: Task) -> dict[str, Any]:
    return {
        "task": task.task_arn,
        "service": rollout.service.name,
        "cluster": rollout.service.cluster_name,
        "wanted": task.desired_status,
        "state": task.last_status,
        "health": task.health_status,
        "task_definition": task.task_definition_arn,
        "external": task.external,
        **({"spec": _spec(rollout, task)} if task.external and not task.stopped else {}),
    }


def _spec(rollout: Rollout, task: Task) -> dict[str, Any]:
    """All that makes a task what it is, as it was registered."""
    groups = [{"arn": group.arn, "port": port} for group, port in rollout.targets.groups(task)]
    return {
        "containers": [_container(task, one) for one in task._definition.container_definitions],
        "volumes": [_volume(one) for one in task._definition.volumes or []],
        "target_groups": groups,
        "connect": _connect(rollout.service._service_connect or {}),
    }


def balancers() -> dict[str, Any]:
    """The load balancers as they are registered: listeners, rules, target groups, and the names that lead to them."""
    balancers = [_balancer(backend, one) for backend in backends() for one in backend.load_balancers.values()]
    return {"balancers": balancers, "names": names()}


def _container(task: Task, one: dict[str, Any]) -> dict[str, Any]:
    known = ("name", "image", "command", "entryPoint", "user", "stopTimeout")
    return {
        **{name: one.get(name) for name in known},
        "pull": _pull(one["image"]) if is_private(one["image"]) else None,
        "environment": {pair["name"]: pair["value"] for pair in one.get("environment") or []},
        "secrets": {secret["name"]: _value(task, secret["valueFrom"]) for secret in one.get("secrets") or []},
        "mounts": [
            {"volume": mount["sourceVolume"], "path": mount["containerPath"]} for mount in one.get("mountPoints") or []
        ],
        "memory": {mount["containerPath"]: mount["size"] for mount in (one.get("linuxParameters") or {}).get("tmpfs") or []},
        "named_ports": {port["name"]: port["containerPort"] for port in one.get("portMappings") or [] if "name" in port},
    }


def _pull(reference: str) -> dict[str, str]:
    """Where the image is in the registry, and a password for it."""
    repository = repository_of(reference)
    account, region = repository.split(":")[4], repository.split(":")[3]
    return {"repository": repository.partition(":repository/")[2], "password": Token.new(account, region).password}


def _volume(one: dict[str, Any]) -> dict[str, Any]:
    """A file system's directory has the name of the access point that it is reached by."""
    files = one.get("efsVolumeConfiguration") or {}
    point = (files.get("authorizationConfig") or {}).get("accessPointId")
    return {"name": one["name"], "kept": point or files.get("fileSystemId")}


def _value(task: Task, reference: str) -> str:
    """Rights and ways to it were judged before the task was placed."""
    match = SECRET.match(reference)
    if match is None:
        name = reference.partition(":parameter")[2] or reference
        parameters = ssm_backends[task._account][task._region].get_parameters([name])
        return next((one.value for one in parameters.values()), "")
    stored = secretsmanager_backends[match["account"]][match["region"]].secrets[match["arn"]]
    version = version_of(stored, match)
    if version is None:
        return ""
    text = version.get("secret_string") or ""
    return _field(text, match["key"]) if match["key"] else text


def _field(text: str, key: str) -> str:
    value = json.loads(text).get(key, "")
    return value if isinstance(value, str) else json.dumps(value)


def _connect(configuration: dict[str, Any]) -> dict[str, Any]:
    """Names that a task serves under, and whether it knows those of its namespace."""
    served = [
        {
            "name": alias.get("dnsName") or one.get("discoveryName") or one["portName"],
            "port": alias["port"],
            "of": one["portName"],
        }
        for one in configuration.get("services") or []
        for alias in one.get("clientAliases") or []
    ]
    return {"enabled": configuration.get("enabled", False), "namespace": configuration.get("namespace"), "serves": served}


def _balancer(backend: Any, balancer: FakeLoadBalancer) -> dict[str, Any]:
    groups = [group for group in backend.target_groups.values() if balancer.arn in group.load_balancer_arns]
    return {
        "host": balancer.dns_name.lower(),
        "listeners": [_listener(one) for one in balancer.listeners.values()],
        "groups": [_group(one) for one in groups],
    }


def _listener(listener: FakeListener) -> dict[str, Any]:
    rules = [_rule(rule) for rule in listener.rules.values() if not rule.is_default]
    return {"port": int(listener.port), "rules": rules}


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "priority": int(rule.priority),
        "paths": _patterns(rule, "path-pattern"),
        "hosts": _patterns(rule, "host-header"),
        "actions": [action.data for action in rule.actions],
    }


def _patterns(rule: Any, field: str) -> list[str]:
    return [value for one in rule.conditions if one["Field"] == field for value in patterns(one)]


def _group(group: FakeTargetGroup) -> dict[str, Any]:
    return {
        "arn": group.arn,
        "path": group.health_check_path or "/",
        "interval": int(group.health_check_interval_seconds),
        "timeout": int(group.health_check_timeout_seconds),
        "healthy": int(group.healthy_threshold_count),
        "unhealthy": int(group.unhealthy_threshold_count),
        "drain": int(group.attributes.get("deregistration_delay.timeout_seconds", 300)),
    }


def _find(task: str) -> tuple[Rollout, Task] | None:
    """By its ARN or its id."""
    wanted = task.split("/")[-1]
    return next(((rollout, one) for rollout in rollouts() for one in rollout.tasks if one.id == wanted), None)


def _passed_on(address: str, request: Request) -> Response:
    host, _, port = address.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=120)
    headers = {name[5:].replace("_", "-"): value for name, value in request.environ.items() if name.startswith("HTTP_")}
    headers = {name: value for name, value in headers.items() if name.lower() not in HOP}
    if kind := request.header("Content-Type"):
        headers["Content-Type"] = kind
    query = request.environ.get("QUERY_STRING", "")
    try:
        body = request.body()
        connection.request(request.method, request.path + (f"?{query}" if query else ""), body, headers)
        got = connection.getresponse()
        said = {name: value for name, value in got.getheaders() if name.lower() not in HOP}
        return Response(got.status, got.read(), said)
    except (OSError, http.client.HTTPException) as error:
        return answer(502, {"message": f"the agent's load balancer: {error}"})
    finally:
        connection.close()


ROUTES = {
    ("GET", "tasks"): lambda _: tasks(),
    ("POST", "tasks"): lambda wanted: move(**wanted),
    ("GET", "balancers"): lambda _: balancers(),
    ("POST", "balancers"): lambda wanted: balance(**wanted),
    ("POST", "logs"): lambda wanted: write(**wanted),
}
