"""What is measured: our backend, its FastAPI peers and the control."""

from dataclasses import dataclass, field
from pathlib import Path

import build
import tools

HERE = Path(__file__).resolve().parent
OURS, CONTROL, TUNED = "driftless", "axum hello", "fastapi current, tuned"


@dataclass
class Target:
    name: str
    what: str
    command: list
    environment: dict = field(default_factory=dict)
    health: str = "/health"
    peer: bool = False
    # The journal makes no difference to what only reads.
    writes_only: bool = False

    @property
    def has_items(self):
        return self.name != CONTROL


def ours(binary):
    command = [binary, "--host", "127.0.0.1", "--port", "{port}"]
    return [
        Target(OURS, "as in production: one log line per request (except health checks), WAL and full sync", command),
        Target(f"{OURS}, warn", "the same with LOG_FILTER=warn: no access log, as the peers", command, {"LOG_FILTER": "warn"}),
    ]


def control(binary):
    what = "axum alone, 6 static bytes: an upper bound, not a peer"
    return Target(CONTROL, what, [binary, "{port}"], health="/")


def peers(bins):
    """`bins` has the environments' `bin` directories by version."""
    old, new = bins["0.104"], bins["current"]
    tuned = "today's FastAPI, WAL, without ORM objects, response models and threads: see peer/tuned.py"
    return [
        _peer("fastapi 0.104", "the original's versions; rollback journal and full sync, SQLAlchemy's default", old),
        _peer("fastapi 0.104, WAL", "the same, WAL and full sync; writes only, reading is the same", old, JOURNAL="wal", writes_only=True),
        _peer("fastapi current, WAL", "today's FastAPI, WAL and full sync", new, JOURNAL="wal"),
        _peer(TUNED, tuned, new, module="tuned", JOURNAL="wal"),
    ]


def _peer(name, what, bin_directory, module="app", writes_only=False, **environment):
    command = [bin_directory / "uvicorn", "--app-dir", HERE / "peer", f"{module}:app", "--host", "127.0.0.1"]
    command += ["--port", "{port}", "--workers", "1", "--no-access-log", "--loop", "uvloop", "--http", "httptools"]
    # Compiled modules beside the environment, not in the checkout.
    environment["PYTHONPYCACHEPREFIX"] = bin_directory.parent / "pycache"
    return Target(name, what, command, environment, peer=True, writes_only=writes_only)


def described():
    """All targets by name, to speak of and not to start."""
    nowhere = Path("/nonexistent")
    return [*ours(nowhere), *peers({"0.104": nowhere, "current": nowhere}), control(nowhere)]


def all_targets(venvs, binary=None):
    """Builds and installs what is missing."""
    tools.need("wrk", "wrk")
    bins = {}
    for version in ("0.104", "current"):
        bins[version] = tools.venv(venvs / f"fastapi-{version}", HERE / "peer" / f"requirements-{version}.txt")
    target_dir = tools.ROOT / "target" / "bench" / "control"
    hello = build.static(["control"], workspace=HERE / "control", target_dir=target_dir).binaries["control"]
    backend = binary or build.static(["backend"]).binaries["backend"]
    return [*ours(backend), *peers(bins), control(hello)]
