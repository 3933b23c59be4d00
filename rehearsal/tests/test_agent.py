"""What an agent is told that runs tasks for real, and what it may say."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import Account
from stage import Stage


@pytest.fixture
def stage(account: Account) -> Stage:
    stage = Stage(account.fork())
    stage.outcome("real")
    return stage


def tasks(stage: Stage) -> list[dict[str, Any]]:
    stage.service()
    return stage.account.control("tasks", "GET")["tasks"]


def test_a_task_is_told_as_it_was_registered(stage: Stage) -> None:
    secret = stage.account.client("secretsmanager").create_secret(Name="s", SecretString='{"key": "hidden"}')["ARN"]
    more = {
        "environment": [{"name": "A", "value": "1"}],
        "secrets": [{"name": "KEY", "valueFrom": f"{secret}:key::"}],
        "entryPoint": ["/bin/other"],
        "user": "7:7",
        "stopTimeout": 5,
        "linuxParameters": {"tmpfs": [{"containerPath": "/scratch", "size": 8}]},
    }
    stage.create(stage.define(stage.image(b"one"), **more))
    [task] = tasks(stage)
    spec = task["spec"]
    [container] = spec["containers"]
    assert spec["target_groups"] == [{"arn": stage.group, "port": 8000}]
    assert (container["environment"], container["secrets"]) == ({"A": "1"}, {"KEY": "hidden"})
    assert (container["entryPoint"], container["user"], container["stopTimeout"]) == (["/bin/other"], "7:7", 5)
    assert container["memory"] == {"/scratch": 8}
    assert container["pull"]["repository"] == "items/backend"


def test_what_would_not_start_is_given_to_no_agent(stage: Stage) -> None:
    stage.create(stage.define("sha256:" + "0" * 64))
    assert not any(task["external"] for _ in range(4) for task in tasks(stage))
    assert "CannotPullContainerError" in stage.tasks("STOPPED")[0]["stoppedReason"]


def test_what_a_real_task_writes_is_in_its_log(stage: Stage) -> None:
    stage.create(stage.define(stage.image(b"one")))
    [task] = tasks(stage)
    stage.account.control("logs", task=task["task"].split("/")[-1], lines=["one", "two"])
    [running] = stage.tasks()
    assert stage.log(running) == ["one", "two"]


def test_the_agents_load_balancer_answers_for_its_name(stage: Stage) -> None:
    [balancer] = stage.account.control("balancers", "GET")["balancers"]
    [listener] = balancer["listeners"]
    assert (listener["port"], listener["rules"]) == (8080, [])
    assert [group["arn"] for group in balancer["groups"]] == [stage.group]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(201)
            self.send_header("X-Path", self.path)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode() + b" " + body)

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.account.control("balancers", host=balancer["host"], address=f"127.0.0.1:{server.server_port}")
    connection = http.client.HTTPConnection(urlsplit(stage.account.address).netloc)
    connection.request("POST", f"http://{balancer['host']}/a?b=c", b"body")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["X-Path"]) == (201, "/a?b=c")
    assert answer.read() == balancer["host"].encode() + b" body"
    server.shutdown()


def test_a_task_that_the_load_balancer_finds_unhealthy_is_stopped_and_counts(stage: Stage) -> None:
    stage.create(stage.define(stage.image(b"one")))
    for _ in range(3):
        [living] = [task for task in tasks(stage) if task["wanted"] == "RUNNING"]
        for state in ("RUNNING", "UNHEALTHY"):
            stage.account.control("tasks", task=living["task"], state=state)
    assert "Task failed ELB health checks in (target-group" in stage.tasks("STOPPED")[0]["stoppedReason"]
    assert stage.deployment()["deploymentCircuitBreaker"]["failureCount"] == 3


def test_a_name_leads_to_the_load_balancer_that_its_alias_says(stage: Stage) -> None:
    certificates, zones = stage.account.client("acm"), stage.account.client("route53")
    arn = certificates.request_certificate(
        DomainName="items.example.com", SubjectAlternativeNames=["*.items.example.com"], ValidationMethod="DNS"
    )["CertificateArn"]
    [balancer] = stage.elb.describe_load_balancers()["LoadBalancers"]
    stage.elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": stage.group}],
    )
    zone = zones.create_hosted_zone(Name="example.com", CallerReference="names")["HostedZone"]["Id"]
    alias = {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": f"dualstack.{balancer['DNSName']}", "EvaluateTargetHealth": True}
    record = {"Name": "items.example.com", "Type": "A", "AliasTarget": alias}
    zones.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    [name] = stage.account.control("balancers", "GET")["names"]
    assert (name["host"], name["balancer"]) == ("items.example.com", balancer["DNSName"].lower())
    assert name["certified"] == [], "no certificate is shown before it was issued"
    stage.account.control("certificate", domain="items.example.com", status="ISSUED")
    [name] = stage.account.control("balancers", "GET")["names"]
    assert set(name["certified"]) == {"items.example.com", "*.items.example.com"}
