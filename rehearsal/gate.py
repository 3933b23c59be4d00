"""Counts requests in flight, so that a fork copies an account that stands still."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

WAIT = 30.0


class Busy(Exception):
    """Requests were still running when the wait ended."""


class Gate:
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.inside = 0
        self.closed = False

    @contextmanager
    def request(self) -> Iterator[None]:
        with self.changed:
            self.changed.wait_for(lambda: not self.closed)
            self.inside += 1
        try:
            yield
        finally:
            with self.changed:
                self.inside -= 1
                self.changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing else is inside while this is; for control requests, which do not pass the gate themselves."""
        with self.changed:
            self.changed.wait_for(lambda: not self.closed)
            self.closed = True
            if not self.changed.wait_for(lambda: self.inside == 0, WAIT):
                self.closed = False
                self.changed.notify_all()
                raise Busy
        try:
            yield
        finally:
            with self.changed:
                self.closed = False
                self.changed.notify_all()
