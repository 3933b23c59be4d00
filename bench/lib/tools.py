"""Programs and Python environments that the measurements need."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def say(text):
    """Progress goes to standard error, results to standard output."""
    print(text, file=sys.stderr, flush=True)


def need(program, package):
    """Installs Debian's `package` when `program` is missing and this is root; says the command in any case."""
    if shutil.which(program):
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", package]
    say(f"`{program}` is missing: {' '.join(command)}")
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"error: `{program}` is missing\nhint: sudo {' '.join(command)}")
    subprocess.run(command, check=True, stdout=sys.stderr)


def cache():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "driftless-bench"


def venv(directory, requirements):
    """The `bin` directory of a virtual environment with exactly `requirements`, made once."""
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp = directory / "requirements.sha256"
    if not stamp.exists() or stamp.read_text() != wanted:
        say(f"installing {requirements.name} into {directory}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", directory], check=True)
        pip = [directory / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "-r", requirements], check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return directory / "bin"
