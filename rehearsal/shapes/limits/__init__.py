"""What AWS refuses and its models do not say, one service a file: characters, reserved names, counts, what exists once. Each
with its source."""

from . import ec2, ecs, elbv2, iam, stores  # noqa: F401 - reading them is what makes their rules known
from .rules import refusal as refusal
