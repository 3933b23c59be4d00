"""A server process under measurement: its start, CPU time and memory."""

import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

# `CPUCLOCK_SCHED` of linux/posix-timers.h: the CPU time of a whole process, ended threads included, in nanoseconds.
# The same sum as utime + stime in /proc/PID/stat, which counts in steps of 10 ms.
_CPU_CLOCK = 2


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Runs `command` with its output thrown away. `{port}` in the command and environment is a free port."""

    def __init__(self, command, *, environment=None, directory, path="/health", log=None):
        self.port = free_port()
        fill = {"port": self.port}
        command = [str(part).format(**fill) for part in command]
        environment = {name: str(value).format(**fill) for name, value in (environment or {}).items()}
        started = time.monotonic()
        # stderr keeps what a server says when it does not start; stdout is the access log.
        with open(log or os.devnull, "wb") as errors:
            self._process = subprocess.Popen(
                command, cwd=directory, env={"PATH": os.environ["PATH"]} | environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
            )  # fmt: skip
        try:
            self._await_200(path, log)
        except BaseException:
            self.stop()
            raise
        self.start_wall_s = time.monotonic() - started
        self.start_cpu_s = self.cpu_s()
        self.rss_fresh_kib = self._status("VmRSS")

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def cpu_s(self):
        """CPU seconds of the process and its descendants so far."""
        return sum(time.clock_gettime((~pid << 3) | _CPU_CLOCK) for pid in self._tree())

    def rss_peak_kib(self):
        return self._status("VmHWM")

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)  # a group of our own: `start_new_session`
                self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _await_200(self, path, log):
        request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                said = Path(log).read_text(errors="replace")[-2000:] if log else ""
                raise RuntimeError(f"{self._process.args[0]} ended with {self._process.returncode}: {said}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
                    connection.sendall(request)
                    if connection.recv(64).split(b" ")[1:2] == [b"200"]:
                        return
            except OSError:
                pass
            time.sleep(0.0005)
        raise RuntimeError(f"{self._process.args[0]} did not answer {path} with 200 within 60 s")

    def _tree(self):
        waiting, found = [self._process.pid], []
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
        return found

    def _status(self, field):
        """Sum over the process and its descendants; shared pages count for each."""
        total = 0
        for pid in self._tree():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1])
        return total
