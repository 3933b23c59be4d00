"""ECS clusters: one that was deleted can be described, and is not listed."""

from moto.ecs.models import EC2ContainerServiceBackend

from ..patching import replace


@replace(EC2ContainerServiceBackend, "list_clusters")
def list_clusters(self: EC2ContainerServiceBackend) -> list[str]:
    return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]
