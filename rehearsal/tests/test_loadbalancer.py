"""A visitor's view: the account is the proxy through which the load balancer's name is reached."""

import http.client
from urllib.parse import urlsplit

import pytest
from conftest import Account
from stage import Stage


class Front:
    """The load balancer before the stage's service, and requests to it."""

    def __init__(self, account: Account) -> None:
        self.address, self.stage = account.address, Stage(account)
        elb = self.stage.elb
        made = elb.describe_load_balancers(Names=["stage"])["LoadBalancers"][0]
        self.name, absent = (
            made["DNSName"],
            {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "nothing here"},
        )
        self.listener = elb.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": absent}],
        )["Listeners"][0]["ListenerArn"]
        self.rule("/api/*", 10, {"Type": "forward", "TargetGroupArn": self.stage.group})

    def rule(self, pattern: str, priority: int, action: dict) -> None:
        self.stage.elb.create_rule(
            ListenerArn=self.listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": [pattern]}}],
            Actions=[action],
        )

    def get(self, path: str, host: str | None = None) -> tuple[int, str, str | None]:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc)
        connection.request("GET", f"http://{host or self.name}{path}")
        response = connection.getresponse()
        return response.status, response.read().decode(), response.getheader("Location")


@pytest.fixture
def front(account: Account) -> Front:
    return Front(account)


def test_a_path_leads_to_a_healthy_task_and_to_none_before_there_is_one(front: Front) -> None:
    assert front.get("/api/items")[0] == 503
    front.stage.live()
    status, said, _ = front.get("/api/items")
    assert status == 200 and ":8000" in said


def test_what_no_rule_wants_gets_the_default_answer(front: Front) -> None:
    assert front.get("/other")[:2] == (404, "nothing here")


def test_a_rule_may_redirect(front: Front) -> None:
    to = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    front.rule("/secure", 20, {"Type": "redirect", "RedirectConfig": to})
    status, _, location = front.get("/secure")
    assert (status, location) == (301, f"https://{front.name.lower()}/secure")


def test_a_name_that_nobody_has_is_said_to_be_none(front: Front) -> None:
    status, said, _ = front.get("/", "other-1.us-east-1.elb.amazonaws.com")
    assert status == 502 and "there is no load balancer" in said
