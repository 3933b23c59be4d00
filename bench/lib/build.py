"""Static builds as `driftless` makes them for images: keep in step with crates/driftless/src/compile/cargo.rs."""

import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools import ROOT, say


@dataclass
class Built:
    binaries: dict
    wall_s: float
    cpu_s: float


def triple():
    machine = os.uname().machine
    return f"{machine}-unknown-linux-gnu"


def static(packages, *, workspace=ROOT, profile="image", config=(), target_dir=None):
    """Builds the packages' binaries statically; `config` are overrides as `cargo --config` takes them."""
    target_dir = Path(target_dir or os.environ.get("CARGO_TARGET_DIR") or workspace / "target")
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    remap = {str(workspace): "/src", str(home): "/cargo"}
    flags = ["-Ctarget-feature=+crt-static", '--cfg=getrandom_backend="linux_getrandom"']
    flags += [f"--remap-path-prefix={source}={name}" for source, name in remap.items()]
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": "315532800",
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        f"CFLAGS_{triple().replace('-', '_')}": " ".join(f"-ffile-prefix-map={s}={n}" for s, n in remap.items()),
    }
    command = ["cargo", "build", "--locked", "--profile", profile, "--target", triple(), "--target-dir", target_dir]
    for override in config:
        command += ["--config", override]
    for package in packages:
        command += ["--package", package]
    say(f"building {', '.join(packages)} ({profile}{''.join(', ' + c for c in config)})")
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([*command, "--quiet"], cwd=workspace, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    out = target_dir / triple() / profile
    return Built({package: out / package for package in packages}, time.monotonic() - started, cpu)
