"""What is in an account: to see that nothing is left."""

from collections.abc import Callable
from typing import Any

from conftest import Account

#: Service, call, list in the answer, name in the list.
LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("cloudfront", "list_distributions", "DistributionList.Items", "Id"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("ecs", "list_clusters", "clusterArns", ""),
    ("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    ("elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    ("kms", "list_keys", "Keys", "KeyId"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("route53", "list_hosted_zones", "HostedZones", "Id"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("servicediscovery", "list_namespaces", "Namespaces", "Id"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("xray", "get_groups", "Groups", "GroupARN"),
)


def inventory(account: Account) -> set[str]:
    found: set[str] = set()
    for service, call, path, name in LISTS:
        client = account.client(service)
        answer: Any = getattr(client, call)()
        for part in path.split("."):
            answer = answer.get(part) or []
        alive = ALIVE.get(call, lambda *_: True)
        found |= {f"{service} {one[name] if name else one}" for one in answer if alive(client, one)}
    return found


def _is_in_use(client: Any, key: dict[str, Any]) -> bool:
    names = [one["AliasName"] for one in client.list_aliases(KeyId=key["KeyId"])["Aliases"]]
    state = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
    return state != "PendingDeletion" and not any(name.startswith("alias/aws/") for name in names)


#: What is listed may be gone already.
ALIVE: dict[str, Callable[[Any, dict[str, Any]], bool]] = {
    "describe_nat_gateways": lambda _, one: one["State"] != "deleted",
    "describe_vpc_endpoints": lambda _, one: one["State"] != "deleted",
    "list_keys": _is_in_use,
    "list_secrets": lambda _, one: "DeletedDate" not in one,
}
