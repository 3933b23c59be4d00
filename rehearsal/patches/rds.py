"""RDS: Performance Insights and enhanced monitoring, users' parameters, identifiers of their own."""

from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds.models import DBCluster, DBInstance, DBParameterGroup

from ..patching import original, replace, wrap

#: By the name in the request, the name in the answer.
KEPT = {
    "enable_performance_insights": "performance_insights_enabled",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
    "monitoring_interval": "monitoring_interval",
    "monitoring_role_arn": "monitoring_role_arn",
}


def keep(database: DBInstance | DBCluster, wanted: dict[str, Any]) -> None:
    for asked, told in KEPT.items():
        if wanted.get(asked) is not None:
            setattr(database, told, wanted[asked])
    if getattr(database, "performance_insights_enabled", False):
        if not getattr(database, "performance_insights_retention_period", None):
            database.performance_insights_retention_period = 7
        if not getattr(database, "performance_insights_kms_key_id", None):
            account, region = database.backend.account_id, database.backend.region_name
            database.performance_insights_kms_key_id = f"arn:aws:kms:{region}:{account}:key/aws-rds"


@wrap(DBInstance, "__init__")
def instance_init(original: Any, self: DBInstance, *arguments: Any, **wanted: Any) -> None:
    original(self, *arguments, **wanted)
    # moto gives one to all, and the provider finds its database by it.
    self.dbi_resource_id = f"db-{mock_random.get_random_hex(26).upper()}"
    keep(self, wanted)


@wrap(DBInstance, "update")
def instance_update(original: Any, self: DBInstance, **wanted: Any) -> None:
    original(self, **wanted)
    keep(self, wanted)


@wrap(DBParameterGroup, "update_parameters")
def update_parameters(original: Any, self: DBParameterGroup, parameters: Any) -> None:
    original(self, [{**one, "Source": "user"} for one in parameters])


scaling = original(DBCluster, "scaling_configuration_info").fget


@replace(DBCluster, "scaling_configuration_info")
@property
def scaling_configuration_info(self: DBCluster) -> dict[str, Any] | None:
    return scaling(self) if self.scaling_configuration else None
