"""WAF: the lock of an IP set is as long as all others are."""

from typing import Any

from moto.moto_api._internal import mock_random
from moto.wafv2.models import FakeIPSet

from ..patching import wrap


@wrap(FakeIPSet, "__init__")
def ip_set_init(original: Any, self: FakeIPSet, *arguments: Any, **named: Any) -> None:
    original(self, *arguments, **named)
    self.lock_token = str(mock_random.uuid4())


@wrap(FakeIPSet, "update")
def ip_set_update(original: Any, self: FakeIPSet, *arguments: Any, **named: Any) -> None:
    original(self, *arguments, **named)
    self.lock_token = str(mock_random.uuid4())
