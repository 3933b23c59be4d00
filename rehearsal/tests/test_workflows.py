"""The workflows of GitHub: what their jobs may, and which role their tokens get."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from conftest import ROOT, Account
from terraform import Root
from test_access import token, with_token
from test_roots import OWN, REPOSITORY, WORKFLOWS, configuration, without_backend

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
#: An action, and the hash of the commit that it is.
PINNED = re.compile(r"uses: ([^@\s]+)@[0-9a-f]{40} # v[0-9]+(\.[0-9]+){2}")


def workflow(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / ".github/workflows" / f"{name}.yml").read_text())


def jobs() -> dict[str, dict[str, Any]]:
    """All of them, with the permissions that they have."""
    found = {}
    for file in FILES:
        said = workflow(file.stem)
        for name, job in said["jobs"].items():
            assert "permissions" in said or "permissions" in job, f"{file.stem}: {name} has all permissions"
            found[f"{file.stem}: {name}"] = {**job, "permissions": job.get("permissions", said.get("permissions"))}
    return found


def runs(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job.get("steps", []))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_actions_are_pinned_to_a_commit(file: Path) -> None:
    for line in file.read_text().splitlines():
        if "uses: " in line and "uses: ./" not in line:
            assert PINNED.search(line), f"{file.name}: {line.strip()}"


def test_what_runs_code_of_a_pull_request_may_not_write_on_it() -> None:
    writing = {name for name, job in jobs().items() if "pull-requests" in job["permissions"] and "steps" in job}
    assert writing == {"plan: comment"}
    comment = jobs()["plan: comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not any("uses" in step for step in comment["steps"]), "nothing of the repository is there"
    # An expression in a script would be a part of it.
    assert "${{" not in "".join(runs(job) for job in jobs().values())


def test_only_what_takes_a_role_has_a_token_for_it() -> None:
    with_token_ = {name for name, job in jobs().items() if "id-token" in job["permissions"] and "steps" in job}
    assert with_token_ == {"deploy: release", "plan: plan"}
    assert jobs()["deploy: release"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert all("write" not in jobs()[name]["permissions"].values() for name in ("ci: check", "ci: flake"))


def test_advisories_are_looked_up_each_week() -> None:
    # YAML 1.1 reads `on` as true.
    (scheduled,) = workflow("advisories")[True]["schedule"]
    assert scheduled["cron"].split()[2:4] == ["*", "*"]
    assert "cargo deny check advisories" in runs(jobs()["advisories: advisories"])


HOSTILE = "a plan\n```\n</details>\n~~~~\r# a heading\r\n\n@everyone ![](https://example.com/x.png)\n    ```\n"


@pytest.mark.parametrize("plan", [HOSTILE, "", "\n" * 70000, "aé" * 70000])
def test_the_comment_of_a_plan_is_code_whatever_is_in_it(plan: str, tmp_path: Path) -> None:
    (step,) = jobs()["plan: comment"]["steps"]
    said = plan[:40000]
    gh = tmp_path / "gh"
    gh.write_text("#!/bin/sh\n")
    gh.chmod(0o755)
    environment = {
        "DRIFTLESS_ENV": "dev",
        "GITHUB_REPOSITORY": "example/items",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PLAN": said,
        "PULL_REQUEST": "7",
    }
    subprocess.run(["bash", "-euo", "pipefail", "-c", step["run"]], cwd=tmp_path, env=environment, check=True)
    comment = (tmp_path / "comment.md").read_bytes().decode()
    heading, empty, *lines = comment.split("\n")
    assert (heading, empty) == ("### Plan for `dev`", "")
    assert all(line.startswith("    ") for line in lines[:-1]), "a line that is no code"
    assert "\r" not in comment
    assert len(comment.encode()) < 65536
    if plan == HOSTILE:
        assert [line.removeprefix("    ") for line in lines] == plan.replace("\r", "").split("\n") + [""]


def test_the_plan_reaches_the_comment_by_a_name_that_it_cannot_end(tmp_path: Path) -> None:
    step = next(one for one in jobs()["plan: plan"]["steps"] if one.get("id") == "plan")
    (tmp_path / "plan.txt").write_text("plan\nEOF\nother=value\n" + "x" * 50000)
    output = tmp_path / "output"
    environment = {"GITHUB_OUTPUT": str(output), "PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path)}
    subprocess.run(["bash", "-euo", "pipefail", "-c", step["run"]], cwd=tmp_path, env=environment, check=True)
    first, *lines, end, _ = output.read_text().split("\n")
    assert first == f"plan<<{end}"
    assert end not in lines
    assert lines[:3] == ["plan", "EOF", "other=value"]
    assert lines[-1] == "... the rest is in the log of the run"


def subject(name: str, environment: str) -> str:
    """What GitHub says of a job: the environment of GitHub, if it has one."""
    named = jobs()[name].get("environment", "").replace("${{ inputs.environment }}", environment)
    return f"{REPOSITORY}:environment:{named}" if named else f"{REPOSITORY}:ref:refs/heads/main"


def test_no_run_is_without_the_approval_that_its_environment_asks_for(account: Account, tmp_path: Path) -> None:
    Root.of(without_backend(configuration(WORKFLOWS / "foundation/config.tf.json")), tmp_path, account).apply()
    for environment in ("dev", "prod"):
        taken = with_token(account, f"{OWN}/items-{environment}-deploy", token(subject("deploy: release", environment)))
        assert taken.client("sts").get_caller_identity()["Arn"].endswith(f"items-{environment}-deploy/run")
    for role, said, ref in (
        # Nobody was asked; the other environment's reviewers were; a branch that nobody merged.
        ("prod", subject("deploy: release", ""), "refs/heads/main"),
        ("prod", subject("deploy: release", "dev"), "refs/heads/main"),
        ("prod", subject("deploy: release", "prod"), "refs/heads/mallory"),
        ("dev", subject("plan: plan", "dev"), "refs/heads/main"),
        ("dev", f"{REPOSITORY}:pull_request", "refs/pull/7/merge"),
    ):
        with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
            with_token(account, f"{OWN}/items-{role}-deploy", token(said, ref=ref))
