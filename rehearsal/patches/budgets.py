"""Budgets: the subscribers of a notification, and tags."""

import json
from typing import Any

from moto.budgets.responses import BudgetsResponse

from ..patching import add, wrap
from . import tags

SAME = ("NotificationType", "ComparisonOperator", "Threshold")


@add(BudgetsResponse, "describe_subscribers_for_notification")
def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    wanted = self._get_param("Notification")
    for notification in budget.notifications:
        if all(notification.details.get(key) == wanted.get(key) for key in SAME):
            return json.dumps({"Subscribers": notification.subscribers})
    return json.dumps({"Subscribers": []})


@wrap(BudgetsResponse, "create_budget")
def create_budget(original: Any, self: BudgetsResponse) -> str:
    answer = original(self)
    name = self._get_param("Budget")["BudgetName"]
    arn = f"arn:aws:budgets::{self._get_param('AccountId')}:budget/{name}"
    tags.of(self.backend, arn).update(tags.from_list(self._get_param("ResourceTags")))
    return answer


@add(BudgetsResponse, "list_tags_for_resource")
def list_tags_for_resource(self: BudgetsResponse) -> str:
    return json.dumps({"ResourceTags": tags.as_list(tags.of(self.backend, self._get_param("ResourceARN")))})


@add(BudgetsResponse, "tag_resource")
def tag_resource(self: BudgetsResponse) -> str:
    tags.of(self.backend, self._get_param("ResourceARN")).update(tags.from_list(self._get_param("ResourceTags")))
    return "{}"


@add(BudgetsResponse, "untag_resource")
def untag_resource(self: BudgetsResponse) -> str:
    kept = tags.of(self.backend, self._get_param("ResourceARN"))
    for key in self._get_param("ResourceTagKeys"):
        kept.pop(key, None)
    return "{}"
