"""Asks `crates/judge`, a process at the other end of a pipe: a line of JSON for each question. docs/judge.md."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .. import ACCOUNT

PROGRAM = Path(__file__).parents[1] / "judge"


class Broken(Exception):
    """It cannot be asked, or does not know."""


class Judge:
    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._of = 0

    def verdict(self, policies: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        """`outcome` and `message`; what cannot be judged is an error, since a guess would be no judgement."""
        told = self.ask({"ask": "access", "policies": policies, "request": {"complete": True, **request}})
        if told["outcome"] == "cannot_be_judged":
            raise Broken("; ".join([told["message"], *told.get("notes", [])]))
        return told

    def denial(self, policies: dict[str, Any], request: dict[str, Any]) -> str | None:
        """AWS's sentence; nothing where it is allowed."""
        told = self.verdict(policies, request)
        return told["message"] if told["outcome"] == "denied" else None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        process = self._started()
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        told = json.loads(line) if line else {"error": "it has exited"}
        if "error" in told:
            raise Broken(f"asking the judge: {told['error']}")
        return told

    def _started(self) -> subprocess.Popen:
        """With the first question: most accounts are asked none. A fork has one of its own; the pipe is its parent's."""
        if self._of != os.getpid():
            self._of = os.getpid()
            program = os.environ.get("DRIFTLESS_JUDGE") or _built()
            self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process


JUDGE = Judge()


def of_region(
    region: str, caller: str | dict[str, str], action: str, resource: str, context: dict[str, Any]
) -> dict[str, Any]:
    """A request to a resource of this account, as the judge reads it."""
    return {
        "caller": caller,
        "action": action,
        "resource": resource,
        "resource_account": ACCOUNT,
        # There is no TLS here; what is deployed has it.
        "context": {"aws:RequestedRegion": region, "aws:SecureTransport": "true", **context},
    }


def _built() -> str:
    printed = subprocess.run([PROGRAM], capture_output=True, text=True)
    # Not by its exit code: the account does not wait for its children, so that forks leave no zombies.
    if not printed.stdout.strip():
        raise Broken(f"building the judge: {printed.stderr.strip()[-500:]}")
    return printed.stdout.strip()
