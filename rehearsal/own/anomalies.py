"""Cost Explorer: anomaly monitors and their subscriptions."""

import uuid
from collections.abc import Callable
from typing import Any

from .. import ACCOUNT
from .calls import ApiError, Call, route

DATES = {"CreationDate": "2020-01-01T00:00:00Z", "LastUpdatedDate": "2020-01-01T00:00:00Z"}


def _serve(kind: str, plural: str, arn: str) -> None:
    """Create, get, update and delete; the two kinds differ in their names alone."""

    def create(call: Call) -> dict[str, Any]:
        if call.wanted[kind].get("MonitorDimension") == "SERVICE" and any(
            one.get("MonitorDimension") == "SERVICE" for one in call.store(kind).values()
        ):
            # An account has one of these: https://aws.amazon.com/aws-cost-management/aws-cost-anomaly-detection/faqs/
            raise ApiError("ValidationException", "Limit exceeded on dimensional spend monitor creation")
        name = f"arn:aws:ce::{ACCOUNT}:{kind.lower()}/{uuid.uuid4()}"
        call.store(kind)[name] = {**DATES, **call.wanted[kind], arn: name, "AccountId": ACCOUNT}
        call.store("tags")[name] = call.wanted.get("ResourceTags") or []
        return {arn: name}

    def get(call: Call) -> dict[str, Any]:
        wanted, known = call.wanted.get(f"{arn}List"), call.store(kind)
        missing = [name for name in wanted or [] if name not in known]
        if missing:
            raise ApiError(f"Unknown{kind.removeprefix('Anomaly')}Exception", f"{missing[0]} was not found")
        return {plural: [known[name] for name in wanted or known]}

    def update(call: Call) -> dict[str, Any]:
        call.store(kind)[call.wanted[arn]].update(call.wanted)
        return {arn: call.wanted[arn]}

    def delete(call: Call) -> None:
        call.store(kind).pop(call.wanted[arn], None)

    functions: dict[str, Callable] = {
        f"Create{kind}": create,
        f"Get{plural}": get,
        f"Update{kind}": update,
        f"Delete{kind}": delete,
    }
    for target, function in functions.items():
        route("ce", target=target)(function)


_serve("AnomalyMonitor", "AnomalyMonitors", "MonitorArn")
_serve("AnomalySubscription", "AnomalySubscriptions", "SubscriptionArn")


@route("ce", target="ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"ResourceTags": call.store("tags").get(call.wanted["ResourceArn"], [])}
