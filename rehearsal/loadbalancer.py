"""What a visitor gets from a load balancer: for one who has this account as `http_proxy`, so that its names need no DNS."""

from fnmatch import fnmatchcase
from typing import Any

from moto.elbv2.models import FakeListener, FakeLoadBalancer, elbv2_backends

from .agent import AGENT
from .ecs.targets import HEALTHY
from .http import Request, Response, answer
from .listening import backends, patterns

NAMES = ".elb.amazonaws.com"


def is_asked(request: Request) -> bool:
    return _host(request).endswith(NAMES)


def real(request: Request) -> Response | None:
    """What real tasks say, where an agent runs them."""
    return AGENT.answers(_host(request), request)


def handle(request: Request) -> Response:
    balancer = _balancer(_host(request))
    if balancer is None:
        return answer(502, {"message": f"there is no load balancer `{_host(request)}`"})
    listener = next((one for one in balancer.listeners.values() if int(one.port) == 80), None)
    if listener is None:
        return answer(502, {"message": f"`{balancer.name}` does not listen on port 80"})
    action = _actions(listener, request)[-1]
    match action["Type"]:
        case "redirect":
            return _redirect(action["RedirectConfig"], request)
        case "fixed-response":
            said = action["FixedResponseConfig"]
            return Response(int(said["StatusCode"]), said.get("MessageBody", "").encode())
    backend = elbv2_backends[balancer.arn.split(":")[4]][balancer.arn.split(":")[3]]
    healthy = [
        f"{address}:{group.targets[address]['Port']}"
        for arn in _groups(action)
        if (group := backend.target_groups.get(arn))
        for address, state in group.rehearsed_health.items()
        if state == HEALTHY
    ]
    # No process runs behind a played task: its name is all that there is to see of it.
    return answer(200, {"target": healthy[0]}) if healthy else answer(503, {"message": "no healthy target"})


def _host(request: Request) -> str:
    return request.header("Host").partition(":")[0].lower()


def _balancer(name: str) -> FakeLoadBalancer | None:
    balancers = (one for backend in backends() for one in backend.load_balancers.values())
    return next((one for one in balancers if one.dns_name.lower() == name), None)


def _actions(listener: FakeListener, request: Request) -> list[dict[str, Any]]:
    rules = sorted((rule for rule in listener.rules.values() if not rule.is_default), key=lambda rule: int(rule.priority))
    for rule in rules:
        if all(_meets(condition, request) for condition in rule.conditions):
            return [action.data for action in rule.actions]
    return [action.data for action in listener.default_actions]


def _meets(condition: dict[str, Any], request: Request) -> bool:
    match condition["Field"]:
        case "path-pattern":
            seen = request.path
        case "host-header":
            seen = _host(request)
        case _:
            return False
    return any(fnmatchcase(seen, pattern) for pattern in patterns(condition))


def _groups(action: dict[str, Any]) -> list[str]:
    if "TargetGroupArn" in action:
        return [action["TargetGroupArn"]]
    groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
    return [one["TargetGroupArn"] for one in groups if int(one.get("Weight", 1)) > 0]


def _redirect(wanted: dict[str, Any], request: Request) -> Response:
    protocol = wanted.get("Protocol", "HTTP").lower().replace("#{protocol}", "http")
    host = wanted.get("Host", "#{host}").replace("#{host}", _host(request))
    path = wanted.get("Path", "/#{path}").replace("#{path}", request.path.lstrip("/"))
    return Response(int(wanted["StatusCode"].removeprefix("HTTP_")), b"", {"Location": f"{protocol}://{host}{path}"})
