"""ElastiCache: a replication group has the member clusters that it names, and is gone when it is deleted."""

from types import SimpleNamespace
from typing import Any

from moto.core.responses import EmptyResult
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from ..patching import add, wrap


def member(group: ReplicationGroup, name: str) -> SimpleNamespace:
    family = f"default.{group.engine}{group.engine_version.split('.')[0]}"
    return SimpleNamespace(
        cache_cluster_id=name,
        cache_cluster_status="available",
        replication_group_id=group.replication_group_id,
        arn=group.arn.replace(f"replicationgroup:{group.replication_group_id}", f"cluster:{name}"),
        engine=group.engine,
        engine_version=group.engine_version,
        cache_node_type=group.cache_node_type,
        num_cache_nodes=1,
        cache_parameter_group={"CacheParameterGroupName": group.cache_parameter_group_name or family},
        cache_subnet_group_name=group.cache_subnet_group_name,
        security_groups=[{"SecurityGroupId": one, "Status": "active"} for one in group.security_group_ids or []],
        preferred_maintenance_window=group.preferred_maintenance_window or "sun:05:00-sun:06:00",
        snapshot_retention_limit=group.snapshot_retention_limit,
        snapshot_window=group.snapshot_window,
        auto_minor_version_upgrade=group.auto_minor_version_upgrade,
        at_rest_encryption_enabled=group.at_rest_encryption_enabled,
        transit_encryption_enabled=group.transit_encryption_enabled,
        transit_encryption_mode=group.transit_encryption_mode,
        cache_nodes=[{"CacheNodeId": "0001", "Endpoint": {"Address": f"{name}.cache.amazonaws.com", "Port": group.port}}],
    )


@wrap(ElastiCacheBackend, "create_replication_group")
def create_replication_group(original: Any, self: ElastiCacheBackend, **wanted: Any) -> ReplicationGroup:
    if wanted.get("num_cache_clusters") and not wanted.get("replicas_per_node_group"):
        wanted["replicas_per_node_group"] = wanted["num_cache_clusters"] - 1
    group = original(self, **wanted)
    if group.transit_encryption_enabled:
        group.transit_encryption_mode = group.transit_encryption_mode or "required"
    if group.auto_minor_version_upgrade is None:
        group.auto_minor_version_upgrade = True
    for nodes in group.node_groups:
        nodes["reader_endpoint"] = {"address": nodes.get("reader_endpoint_address"), "port": group.port}
    version = group.engine_version or "7.1"
    group.engine_version = version if version.count(".") > 1 else f"{version}.0"
    for name in group.member_clusters:
        self.cache_clusters[name] = member(group, name)
    return group


@wrap(ElastiCacheBackend, "delete_replication_group")
def delete_replication_group(original: Any, self: ElastiCacheBackend, **wanted: Any) -> ReplicationGroup:
    members = list(self.replication_groups[wanted["replication_group_id"]].member_clusters)
    group = original(self, **wanted)
    for name in members:
        self.cache_clusters.pop(name, None)
    return self.replication_groups.pop(group.replication_group_id)


@add(ElastiCacheResponse, "delete_cache_subnet_group")
def delete_cache_subnet_group(self: ElastiCacheResponse) -> EmptyResult:
    self.elasticache_backend.cache_subnet_groups.pop(self._get_param("CacheSubnetGroupName"), None)
    return EmptyResult()
