"""One run of wrk against a server, and what it cost that server."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

MARK = "RESULT "


@dataclass
class Run:
    requests: int
    rps: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_us: float


def run(server, path, connections, seconds, script):
    """Loads `path` over `connections` kept-alive connections for `seconds`; `script` ends with lib/report.lua's line."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script, server.url(path)]
    before = server.cpu_s()
    lua = {"LUA_PATH": f"{Path(__file__).parent}/?.lua;;"}
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=lua | {"PATH": "/usr/bin:/bin"})
    cpu = server.cpu_s() - before
    line = next(line for line in output.stdout.splitlines() if line.startswith(MARK))
    told = json.loads(line.removeprefix(MARK))
    requests = max(told["requests"], 1)
    return Run(
        requests=told["requests"],
        rps=told["requests"] / (told["duration_us"] / 1e6),
        p50_ms=told["p50_us"] / 1000,
        p99_ms=told["p99_us"] / 1000,
        errors=told["errors"],
        cpu_us=cpu * 1e6 / requests,
    )
