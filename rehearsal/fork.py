"""Applying is slow, forking is not: a child process with a copy of the account, on a port of its own."""

import os
import signal
import stat
import threading
from typing import TYPE_CHECKING, Any

from . import address

if TYPE_CHECKING:
    from .server import Application


class Forks:
    def __init__(self, application: "Application") -> None:
        self.application = application
        # Every child holds the reading end: when this process is gone, however it went, they see the end of the pipe.
        self.reading, self.writing = os.pipe()

    def fork(self, port: int) -> dict[str, Any]:
        server = self.application.listen(port)
        with self.application.gate.alone(), self.application.turn:
            child = os.fork()
            if child == 0:
                self._become(server)
        server.socket.close()
        return {"address": f"http://127.0.0.1:{server.server_port}", "port": server.server_port, "pid": child}

    def end(self) -> None:
        os.close(self.writing)

    def _become(self, server: Any) -> None:
        """What the child is from here on. It never returns into the request that it was forked in."""
        try:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            life = self.reading
            os.close(self.writing)
            _silence(keep={server.socket.fileno()})
            self.application.restart()
            address.set_to(f"http://127.0.0.1:{server.server_port}")
            threading.Thread(target=_end_with_the_parent, args=(life,), daemon=True).start()
            server.serve_forever()
        finally:
            os._exit(0)


def _silence(keep: set[int]) -> None:
    """Lets go of the parent's terminal, pipes and connections. Python still has objects for them, so their numbers stay
    taken."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in map(int, os.listdir("/dev/fd")):
        try:
            is_socket = stat.S_ISSOCK(os.fstat(number).st_mode)
        except OSError:
            continue
        if number in (0, 1, 2) or (is_socket and number not in keep):
            os.dup2(null, number)


def _end_with_the_parent(life: int) -> None:
    while os.read(life, 1):
        pass
    os._exit(0)
