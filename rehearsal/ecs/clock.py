"""Time: steps. One passes whenever a service is looked at, or when a test says so."""

from dataclasses import dataclass


@dataclass
class Clock:
    runs: bool = True


CLOCK = Clock()
