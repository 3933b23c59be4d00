"""`/_rehearsal/`: what a test asks of the account itself. docs in README.md."""

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import agent, events, playing
from .faults import Faults, Holds
from .gate import Busy
from .http import Request, Response, answer

if TYPE_CHECKING:
    from .server import Application

PREFIX = "/_rehearsal/"


class Control:
    def __init__(self, application: "Application") -> None:
        self.application = application
        self.faults, self.holds = Faults(), Holds()
        self.routes: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("GET", "health"): lambda _: {},
            ("POST", "fork"): lambda wanted: application.forks.fork(wanted.get("port", 0)),
            ("POST", "stop"): self._stop,
            ("POST", "fault"): lambda wanted: self.faults.add(**wanted),
            ("DELETE", "fault"): lambda _: self.faults.clear(),
            ("POST", "hold"): lambda wanted: self.holds.add(**wanted),
            ("DELETE", "hold"): lambda _: self.holds.clear(),
            ("POST", "strict"): lambda wanted: self._be_strict(**wanted),
            ("POST", "skew"): lambda wanted: application.set_clock(wanted["seconds"]),
            **{name: self._in_turn(route) for name, route in (playing.ROUTES | events.ROUTES | agent.ROUTES).items()},
        }

    def handle(self, request: Request) -> Response:
        route = self.routes.get((request.method, request.path.removeprefix(PREFIX)))
        if route is None:
            known = ", ".join(sorted(f"{method} {PREFIX}{name}" for method, name in self.routes))
            return answer(404, {"error": f"no `{request.method} {request.path}`; there are {known}"})
        try:
            told = route(request.json())
            return told if isinstance(told, Response) else answer(200, told or {})
        except Busy:
            return answer(503, {"error": "requests are still running; a fork wants an account at rest"})
        except (KeyError, TypeError, ValueError) as error:
            return answer(400, {"error": f"`{request.path}`: {error}"})

    def _be_strict(self, everybody: bool) -> None:
        """Whether the administrator is judged, too."""
        self.application.access.everybody = everybody

    def _in_turn(self, route: Callable) -> Callable:
        def wrapper(wanted: dict[str, Any]) -> Any:
            with self.application.turn:
                return route(wanted)

        return wrapper

    def _stop(self, _: dict[str, Any]) -> Response:
        response = answer(200, {})
        response.after = lambda: os.kill(os.getpid(), signal.SIGTERM)
        return response
