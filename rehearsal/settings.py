"""What moto reads from its environment; set before it is imported."""

import os

SETTINGS = {
    # An AWS managed policy is otherwise "couldn't find resource".
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # Seconds until a certificate is issued; moto's own value is 60.
    "MOTO_ACM_VALIDATION_WAIT": "1",
    # Plain moto pretends that this many tasks run; ours really move.
    "MOTO_ECS_SERVICE_RUNNING": "0",
}


def apply() -> None:
    os.environ.update(SETTINGS)
