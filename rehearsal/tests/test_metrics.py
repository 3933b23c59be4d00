"""Alarms and dashboards use metrics that AWS publishes: an alarm on another one never rings, and nobody is told."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

PUBLISHED = tomllib.loads((ROOT / "rehearsal/metrics.toml").read_text())
ROOTS = sorted([*ROOT.glob("nix/rendered/*/config.tf.json"), *ROOT.glob("nix/golden/stacks/**/config.tf.json")])
#: Namespace, metric, dimensions.
Metric = tuple[str, str, frozenset[str]]


def used(root: dict[str, Any]) -> Iterator[Metric]:
    resources = root.get("resource", {})
    for alarm in resources.get("aws_cloudwatch_metric_alarm", {}).values():
        yield from of_one(alarm)
        for query in listed(alarm.get("metric_query")):
            for metric in listed(query.get("metric")):
                yield from of_one(metric)
    for dashboard in resources.get("aws_cloudwatch_dashboard", {}).values():
        for widget in json.loads(dashboard["dashboard_body"])["widgets"]:
            for line in widget["properties"].get("metrics", []):
                if isinstance(line[0], str):
                    namespace, name, *rest = [one for one in line if isinstance(one, str)]
                    yield namespace, name, frozenset(rest[::2])


def of_one(metric: dict[str, Any]) -> Iterator[Metric]:
    if "metric_name" in metric:
        yield metric["namespace"], metric["metric_name"], frozenset(metric.get("dimensions") or {})


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def counted(root: dict[str, Any]) -> set[Metric]:
    """What the root has counted in its own logs."""
    filters = root.get("resource", {}).get("aws_cloudwatch_log_metric_filter", {}).values()
    return {
        (one["namespace"], one["name"], frozenset(one.get("dimensions") or {}))
        for each in filters
        for one in listed(each["metric_transformation"])
    }


def is_published(metric: Metric) -> bool:
    namespace, name, dimensions = metric
    return any(
        set(one["dimensions"]) == dimensions and name in one["metrics"]
        for one in PUBLISHED.get(namespace, {}).get("sets", [])
    )


def unpublished(path: Path) -> set[Metric]:
    root = json.loads(path.read_text())
    return {metric for metric in used(root) if not is_published(metric)} - counted(root)


def test_each_namespace_names_its_source() -> None:
    assert all("https://docs.aws.amazon.com/" in one["source"] for one in PUBLISHED.values())


@pytest.mark.parametrize("path", ROOTS, ids=lambda path: str(path.parent.relative_to(ROOT / "nix")))
def test_alarms_and_dashboards_use_metrics_that_there_are(path: Path) -> None:
    assert unpublished(path) == set()


def test_a_metric_with_other_dimensions_is_found(tmp_path: Path) -> None:
    alarm = {"namespace": "AWS/ECS", "metric_name": "CPUUtilization", "dimensions": {"ServiceName": "backend"}}
    body = json.dumps({"widgets": [{"properties": {"metrics": [["AWS/ECS", "RunningTaskCount", "ClusterName", "items"]]}}]})
    root = {"aws_cloudwatch_metric_alarm": {"cpu": alarm}, "aws_cloudwatch_dashboard": {"main": {"dashboard_body": body}}}
    path = tmp_path / "config.tf.json"
    path.write_text(json.dumps({"resource": root}))
    assert unpublished(path) == {
        ("AWS/ECS", "CPUUtilization", frozenset({"ServiceName"})),
        ("AWS/ECS", "RunningTaskCount", frozenset({"ClusterName"})),
    }
