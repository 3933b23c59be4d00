"""An account for the whole run; a test that leaves traces takes a fork of it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Credentials:
    key: str = "testing"
    secret: str = "testing"
    token: str | None = None


class Account:
    def __init__(self, address: str, pid: int, credentials: Credentials = Credentials()) -> None:
        self.address, self.pid, self.credentials = address, pid, credentials

    def session(self, given: dict[str, Any]) -> "Account":
        """The same account, in the name of a role: of what AssumeRole gave."""
        keys = given["Credentials"]
        return Account(
            self.address, self.pid, Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        )

    def as_role(self, name: str) -> "Account":
        return self.session(
            self.client("sts").assume_role(RoleArn=f"arn:aws:iam::123456789012:role/{name}", RoleSessionName="test")
        )

    def fork(self) -> "Account":
        told = self.control("fork")
        return Account(told["address"], told["pid"])

    def client(self, service: str, region: str = "us-east-1", **more: Any) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.address,
            aws_access_key_id=self.credentials.key,
            aws_secret_access_key=self.credentials.secret,
            aws_session_token=self.credentials.token,
            **more,
        )

    def database(self, name: str, **more: Any) -> Any:
        """Makes a PostgreSQL instance; `more` says how its password comes about."""
        made = self.client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="items",
            **more,
        )
        return made["DBInstance"]

    def control(self, name: str, method: str = "POST", **wanted: Any) -> Any:
        body = json.dumps(wanted).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.address}/_rehearsal/{name}", body, method=method)
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read())


def start(*arguments: str) -> tuple[subprocess.Popen, Account]:
    command = [sys.executable, "-m", "rehearsal", "--port", "0", "--until-eof", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return process, Account(json.loads(process.stdout.readline())["address"], process.pid)


@pytest.fixture(scope="session")
def origin() -> Iterator[Account]:
    if "DRIFTLESS_JUDGE" not in os.environ:
        built = subprocess.run([ROOT / "rehearsal/judge"], stdout=subprocess.PIPE, text=True, check=True)
        os.environ["DRIFTLESS_JUDGE"] = built.stdout.strip()
    process, account = start()
    # What a service loads with its first request is loaded once, and not in every fork.
    account.client("ec2").describe_subnets()
    account.client("elbv2").describe_target_groups()
    account.client("ecs").list_clusters()
    account.client("ecr").describe_repositories()
    account.client("logs").describe_log_groups()
    yield account
    process.stdin.close()
    assert process.wait(60) == 0


@pytest.fixture
def account(origin: Account) -> Iterator[Account]:
    """A fresh account for every test, for the price of a fork."""
    fork = origin.fork()
    yield fork
    fork.control("stop")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Terraform waits for minutes: what is tried with it starts first, the rest runs beside it."""
    items.sort(key=lambda item: item.path.name not in ("test_roots.py", "test_extras.py"))
