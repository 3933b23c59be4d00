"""What moto lacks or answers wrongly, one service a file. Every one has a test in tests/."""

from importlib import import_module

NAMES = (
    "iam",
    "limits",
    "ecr",
    "elbv2",
    "ecs_clusters",
    "ecs_services",
    "ecs_deployments",
    "ecs_tasks",
    "ecs_settings",
    "acm",
    "autoscaling",
    "budgets",
    "cloudfront",
    "cloudwatch",
    "ec2",
    "efs",
    "elasticache",
    "kms",
    "log_patterns",
    "logs",
    "rds",
    "route53",
    "secretsmanager",
    "wafv2",
)


def apply() -> None:
    for name in NAMES:
        import_module(f"{__name__}.{name}")
