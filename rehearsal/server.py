"""One port for everything: control, registry, and moto behind them."""

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import address, failures, loadbalancer, own, patches, patching
from .control import Control
from .fork import Forks
from .gate import Gate
from .http import Request, Response
from .registry import Registry


class Handler(WSGIRequestHandler):
    #: Seconds that the account's clock is ahead of this machine's.
    ahead = 0

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((time.time() if timestamp is None else timestamp) + Handler.ahead)

    def log_request(self, *_: Any) -> None:
        """Standard error is for what went wrong."""


class Application:
    """Decides by path who answers."""

    def __init__(self, blobs: Path) -> None:
        patching.check_version()
        patches.apply()
        own.load()
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        from .access.control import Access

        self.gate = Gate()
        # moto is not made for threads, and neither is a rollout: one call at a time.
        self.turn = threading.Lock()
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.registry = Registry(blobs)
        self.access = Access()
        self.forks = Forks(self)
        self.control = Control(self)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        if request.path.startswith("/_rehearsal/"):
            return self.control.handle(request).send(request, start_response)
        with self.gate.request():
            fault = self.control.faults.meets(request)
            if fault:
                return fault.send(request, start_response)
            self.control.holds.wait(request)
            if request.path.startswith("/v2/") or request.path == "/v2":
                return self.registry.handle(request).send(request, start_response)
            if loadbalancer.is_asked(request) and (real := loadbalancer.real(request)):
                return real.send(request, start_response)
            with self.turn:
                if loadbalancer.is_asked(request):
                    return loadbalancer.handle(request).send(request, start_response)
                return self._aws(request, start_response)

    def _aws(self, request: Request, start_response: Any) -> Any:
        try:
            ours = self._refuses(request) or own.answer_to(request)
            return ours.send(request, start_response) if ours else self.moto(request.environ, start_response)
        except NotImplementedError as error:
            return failures.missing(request, error).send(request, start_response)
        except Exception as error:
            return failures.broken(request, error).send(request, start_response)

    def _refuses(self, request: Request) -> Response | None:
        """As in AWS: first who asks, then what for."""
        from .access import call as calls
        from .shapes import control as shapes

        call = calls.read(request)
        return call and (self.access.refuses(request, call) or shapes.refuses(request, call))

    def set_clock(self, ahead: float) -> None:
        Handler.ahead = ahead

    def restart(self) -> None:
        """After a fork: nothing of the parent's traffic is here any more."""
        self.gate, self.turn = Gate(), threading.Lock()
        self.forks = Forks(self)

    def listen(self, port: int) -> BaseWSGIServer:
        return make_server("127.0.0.1", port, self, threaded=True, request_handler=Handler)


class Account:
    """The application, listening."""

    def __init__(self, port: int, state: Path | None) -> None:
        self.temporary = None if state else tempfile.TemporaryDirectory(prefix="rehearsal-")
        self.application = Application(Path(state or self.temporary.name) / "blobs")
        self.server = self.application.listen(port)
        self.port = self.server.server_port
        self.address = f"http://127.0.0.1:{self.port}"
        address.set_to(self.address)

    def start(self) -> None:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.application.forks.end()
        self.server.shutdown()
        self.server.server_close()
        if self.temporary:
            self.temporary.cleanup()
