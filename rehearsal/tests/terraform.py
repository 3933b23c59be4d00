"""The real Terraform, or OpenTofu, against an account."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Account

#: 25 retries of a call that is not there look like a hang; with fewer than three, connections are lost now and then.
OVERRIDE = {"provider": {"aws": {"max_retries": 3}}}


def environment(account: Account) -> dict[str, str]:
    """Nothing of the machine's own AWS configuration."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_VAR_"))}
    return clean | {
        "AWS_ENDPOINT_URL": account.address,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": account.credentials.key,
        "AWS_SECRET_ACCESS_KEY": account.credentials.secret,
        **({"AWS_SESSION_TOKEN": account.credentials.token} if account.credentials.token else {}),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }


@dataclass
class Root:
    directory: Path
    account: Account

    @classmethod
    def of(
        cls,
        configuration: dict[str, Any],
        directory: Path,
        account: Account,
        bucket: str = "items-state",
        **variables: Any,
    ) -> "Root":
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "config.tf.json").write_text(json.dumps(configuration))
        (directory / "test_override.tf.json").write_text(json.dumps(OVERRIDE))
        (directory / "release.auto.tfvars.json").write_text(json.dumps(variables))
        root = cls(directory, account)
        backend = configuration["terraform"].get("backend", {})
        root.init(*([f"-backend-config=bucket={bucket}"] if "s3" in backend else []))
        return root

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> tuple[int, str]:
        binary = os.environ.get("DRIFTLESS_TERRAFORM") or shutil.which("tofu") or shutil.which("terraform")
        if binary is None:
            pytest.skip("neither tofu nor terraform is on PATH")
        process = subprocess.Popen(
            [binary, *arguments, "-no-color"],
            cwd=self.directory,
            env=environment(self.account),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=900)
        finally:
            _end(process)
        assert process.returncode in codes, f"{arguments}\n{output[-6000:]}"
        return process.returncode, output

    def init(self, *arguments: str) -> None:
        code, output = self.run("init", "-input=false", *arguments, codes=(0, 1))
        if code and "hashicorp/aws" in output:
            pytest.skip(f"the AWS provider is not to be had here: {output[-300:]}")
        assert code == 0, output

    def apply(self) -> None:
        self.run("apply", "-auto-approve", "-input=false", "-parallelism=30")

    def as_role(self, account: Account) -> "Root":
        """The same root, in the name of somebody else."""
        return replace(self, account=account)

    def plan(self, *options: str) -> str:
        """Empty, where nothing is to do; otherwise what would be changed."""
        code, output = self.run("plan", "-detailed-exitcode", "-input=false", *options, codes=(0, 2))
        changes = [line for line in output.splitlines() if not line.endswith("]") and "Read" not in line]
        return "\n".join(changes) if code == 2 else ""

    def destroy(self) -> None:
        self.run("destroy", "-auto-approve", "-input=false", "-parallelism=30")

    def resources(self) -> list[str]:
        return self.run("state", "list")[1].split()


def _end(process: subprocess.Popen) -> None:
    """Provider processes are Terraform's children: none may outlive a test that fails."""
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass
