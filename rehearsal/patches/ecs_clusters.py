"""ECS clusters: one that was deleted can be described, and is not listed; and one without tags has none, which the tagging
API can read."""

from typing import Any

from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from ..patching import replace, wrap


@replace(EC2ContainerServiceBackend, "list_clusters")
def list_clusters(self: EC2ContainerServiceBackend) -> list[str]:
    return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]


@wrap(Cluster, "__init__")
def cluster_init(original: Any, self: Cluster, *arguments: Any, **named: Any) -> None:
    original(self, *arguments, **named)
    self.tags = self.tags or []
