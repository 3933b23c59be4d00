"""Each patch of moto, one call deep: what Terraform needs is in test_roots.py."""

import time
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from stage import CLUSTER, Stage


@pytest.fixture
def zones(account: Account) -> list[dict[str, Any]]:
    return account.client("ec2").describe_subnets()["Subnets"]


def test_managed_policies_are_there(account: Account) -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    assert account.client("iam").get_policy(PolicyArn=arn)["Policy"]["Arn"] == arn


def test_a_scalable_target_has_tags(account: Account, zones: list) -> None:
    stage = Stage(account)
    stage.live()
    client = account.client("application-autoscaling")
    arn = client.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/backend",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=4,
        Tags={"a": "b", "c": "d"},
    )["ScalableTargetARN"]
    client.untag_resource(ResourceARN=arn, TagKeys=["c"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}


def test_a_composite_alarm_is_kept(account: Account) -> None:
    client = account.client("cloudwatch")
    client.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(errors)")
    [alarm] = client.describe_alarms(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert alarm["AlarmRule"] == "ALARM(errors)"


@pytest.mark.parametrize("source", ["group", "list"])
def test_a_rule_that_names_a_group_or_a_list_keeps_its_description(account: Account, zones: list, source: str) -> None:
    ec2 = account.client("ec2")
    group = ec2.create_security_group(GroupName="to", Description="to", VpcId=zones[0]["VpcId"])["GroupId"]
    prefixes = ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]
    named = {
        "group": {"UserIdGroupPairs": [{"GroupId": group, "Description": "from the tasks"}]},
        "list": {"PrefixListIds": [{"PrefixListId": prefixes, "Description": "from the tasks"}]},
    }[source]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **named}
    [made] = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])["SecurityGroupRules"]
    assert made["Description"] == "from the tasks"


def test_an_endpoint_can_be_deleted_twice(account: Account, zones: list) -> None:
    ec2 = account.client("ec2")
    table = ec2.create_route_table(VpcId=zones[0]["VpcId"])["RouteTable"]["RouteTableId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=zones[0]["VpcId"], ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", RouteTableIds=[table]
    )["VpcEndpoint"]["VpcEndpointId"]
    for _ in range(2):
        assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []


@pytest.mark.parametrize("way", ["ingress", "egress"])
def test_a_rule_that_is_gone_is_said_to_be_gone(account: Account, zones: list, way: str) -> None:
    ec2 = account.client("ec2")
    group = ec2.create_security_group(GroupName=f"g-{way}", Description="g", VpcId=zones[0]["VpcId"])["GroupId"]
    allow, revoke = (getattr(ec2, f"{verb}_security_group_{way}") for verb in ("authorize", "revoke"))
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    rule = allow(GroupId=group, IpPermissions=[permission])["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    revoke(GroupId=group, SecurityGroupRuleIds=[rule])
    with pytest.raises(ec2.exceptions.ClientError, match="InvalidSecurityGroupRuleId.NotFound"):
        revoke(GroupId=group, SecurityGroupRuleIds=[rule])


def test_the_interface_of_a_nat_gateway_goes_with_it(account: Account, zones: list) -> None:
    ec2 = account.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=zones[0]["SubnetId"], AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1
    ec2.delete_nat_gateway(NatGatewayId=made)
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_a_deleted_cluster_is_not_listed(account: Account) -> None:
    client = account.client("ecs")
    client.create_cluster(clusterName="items")
    client.delete_cluster(cluster="items")
    assert client.list_clusters()["clusterArns"] == []


def test_a_zone_with_a_network_is_private(account: Account, zones: list) -> None:
    client = account.client("route53")
    made = client.create_hosted_zone(
        Name="items.internal", CallerReference="1", VPC={"VPCRegion": "us-east-1", "VPCId": zones[0]["VpcId"]}
    )
    zone = client.get_hosted_zone(Id=made["HostedZone"]["Id"])
    assert zone["HostedZone"]["Config"]["PrivateZone"]
    assert [one["VPCId"] for one in zone["VPCs"]] == [zones[0]["VpcId"]]


def test_a_budget_tells_its_subscribers_and_tags(account: Account) -> None:
    client = account.client("budgets")
    notification = {
        "NotificationType": "FORECASTED",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
        "ThresholdType": "PERCENTAGE",
    }
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}]
    client.create_budget(
        AccountId="123456789012",
        Budget={
            "BudgetName": "monthly",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "50", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": subscribers}],
        ResourceTags=[{"Key": "a", "Value": "b"}],
    )
    told = client.describe_subscribers_for_notification(
        AccountId="123456789012", BudgetName="monthly", Notification=notification
    )
    assert told["Subscribers"] == subscribers
    arn = "arn:aws:budgets::123456789012:budget/monthly"
    assert client.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "a", "Value": "b"}]


def test_an_account_setting_of_ecs_is_found_by_its_name(account: Account) -> None:
    client = account.client("ecs")
    client.put_account_setting_default(name="fargateTaskRetirementWaitPeriod", value="0")
    [found] = client.list_account_settings(name="fargateTaskRetirementWaitPeriod", effectiveSettings=True)["settings"]
    assert found["value"] == "0"


def test_a_file_system_keeps_its_backup_policy_and_loses_its_policy(account: Account) -> None:
    client = account.client("efs")
    name = client.create_file_system(CreationToken="data")["FileSystemId"]
    assert client.describe_backup_policy(FileSystemId=name)["BackupPolicy"]["Status"] == "DISABLED"
    client.put_backup_policy(FileSystemId=name, BackupPolicy={"Status": "ENABLED"})
    assert client.describe_backup_policy(FileSystemId=name)["BackupPolicy"]["Status"] == "ENABLED"
    client.put_file_system_policy(FileSystemId=name, Policy="{}")
    client.delete_file_system_policy(FileSystemId=name)
    with pytest.raises(ClientError, match="PolicyNotFound"):
        client.describe_file_system_policy(FileSystemId=name)


def test_a_replication_group_has_its_members_until_it_is_deleted(account: Account) -> None:
    client = account.client("elasticache")
    client.create_replication_group(
        ReplicationGroupId="items",
        ReplicationGroupDescription="cache",
        Engine="redis",
        EngineVersion="7.1",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=2,
        TransitEncryptionEnabled=True,
    )
    [group] = client.describe_replication_groups(ReplicationGroupId="items")["ReplicationGroups"]
    assert group["MemberClusters"] == ["items-001", "items-002"]
    [member] = client.describe_cache_clusters(CacheClusterId="items-002")["CacheClusters"]
    assert (member["EngineVersion"], member["TransitEncryptionEnabled"]) == ("7.1.0", True)
    client.delete_replication_group(ReplicationGroupId="items")
    for call in (
        lambda: client.describe_replication_groups(ReplicationGroupId="items"),
        lambda: client.describe_cache_clusters(CacheClusterId="items-001"),
    ):
        with pytest.raises(ClientError, match="NotFound"):
            call()


def test_a_subnet_group_of_a_cache_can_be_deleted(account: Account, zones: list) -> None:
    client = account.client("elasticache")
    client.create_cache_subnet_group(
        CacheSubnetGroupName="main", CacheSubnetGroupDescription="main", SubnetIds=[zones[0]["SubnetId"]]
    )
    client.delete_cache_subnet_group(CacheSubnetGroupName="main")
    with pytest.raises(ClientError):
        client.describe_cache_subnet_groups(CacheSubnetGroupName="main")


def test_a_database_keeps_its_insights_and_its_monitoring(account: Account) -> None:
    client = account.client("rds")
    database = account.database(
        "main",
        MasterUserPassword="not-a-secret",
        EnablePerformanceInsights=True,
        MonitoringInterval=60,
        MonitoringRoleArn="arn:aws:iam::123456789012:role/monitoring",
    )
    assert database["PerformanceInsightsEnabled"]
    assert (database["PerformanceInsightsRetentionPeriod"], database["MonitoringInterval"]) == (7, 60)
    client.modify_db_instance(DBInstanceIdentifier="main", MonitoringInterval=30)
    assert client.describe_db_instances()["DBInstances"][0]["MonitoringInterval"] == 30


def test_a_database_is_found_by_its_resource_id(account: Account) -> None:
    client = account.client("rds")
    made = [account.database(name, MasterUserPassword="not-a-secret") for name in ("one", "two")]
    wanted = [{"Name": "dbi-resource-id", "Values": [made[1]["DbiResourceId"]]}]
    [found] = client.describe_db_instances(Filters=wanted)["DBInstances"]
    assert found["DBInstanceIdentifier"] == "two"


def test_the_rotation_of_a_password_that_rds_makes_can_be_changed_and_ended(account: Account) -> None:
    secret = account.database("main", ManageMasterUserPassword=True)["MasterUserSecret"]["SecretArn"]
    client = account.client("secretsmanager")
    client.rotate_secret(SecretId=secret, RotationRules={"AutomaticallyAfterDays": 365}, RotateImmediately=False)
    client.cancel_rotate_secret(SecretId=secret)
    assert not client.describe_secret(SecretId=secret)["RotationEnabled"]


def test_a_parameter_is_the_users(account: Account) -> None:
    client = account.client("rds")
    client.create_db_parameter_group(DBParameterGroupName="main", DBParameterGroupFamily="postgres16", Description="main")
    parameter = {"ParameterName": "log_statement", "ParameterValue": "ddl", "ApplyMethod": "immediate"}
    client.modify_db_parameter_group(DBParameterGroupName="main", Parameters=[parameter])
    [found] = client.describe_db_parameters(DBParameterGroupName="main", Source="user")["Parameters"]
    assert found["Source"] == "user"


def test_a_cluster_without_scaling_has_no_scaling_configuration(account: Account) -> None:
    cluster = account.client("rds").create_db_cluster(
        DBClusterIdentifier="aurora", Engine="aurora-postgresql", MasterUsername="items", MasterUserPassword="not-a-secret"
    )["DBCluster"]
    assert "ScalingConfigurationInfo" not in cluster


def test_a_log_group_has_a_class(account: Account) -> None:
    client = account.client("logs")
    client.create_log_group(logGroupName="/rare", logGroupClass="INFREQUENT_ACCESS")
    assert client.describe_log_groups(logGroupNamePrefix="/rare")["logGroups"][0]["logGroupClass"] == "INFREQUENT_ACCESS"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ('{ $.level = "ERROR" }', [1]),
        ('{ $.level != "ERROR" }', [0]),
        ("{ $.http.status >= 500 }", [1]),
        ('{ $.level = "INFO" || $.http.status = 503 }', [0, 1]),
        ('{ $.level = "ERR*" && $.http.status < 500 }', []),
        ("?text ?listening", [0, 2]),
        ("-text -level", []),
        ('"plain text"', [2]),
    ],
)
def test_a_filter_pattern_finds_what_it_says(account: Account, pattern: str, found: list[int]) -> None:
    client = account.client("logs")
    client.create_log_group(logGroupName="/items")
    client.create_log_stream(logGroupName="/items", logStreamName="one")
    messages = [
        '{"level":"INFO","message":"listening","http":{"status":200}}',
        '{"level":"ERROR","message":"refused","http":{"status":503}}',
        "plain text",
    ]
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": message} for message in messages]
    client.put_log_events(logGroupName="/items", logStreamName="one", logEvents=events)
    told = client.filter_log_events(logGroupName="/items", filterPattern=pattern)["events"]
    assert [event["message"] for event in told] == [messages[index] for index in found]


def test_the_tagging_api_finds_services_and_repositories(account: Account) -> None:
    Stage(account).live()
    assert account.client("resourcegroupstaggingapi").get_resources()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_certificate_has_the_key_that_was_asked_for_and_is_issued_soon(account: Account) -> None:
    client = account.client("acm")
    arn = client.request_certificate(DomainName="items.example.com", ValidationMethod="DNS", KeyAlgorithm="EC_prime256v1")[
        "CertificateArn"
    ]
    assert client.describe_certificate(CertificateArn=arn)["Certificate"]["KeyAlgorithm"] == "EC_prime256v1"


def test_certificates_are_listed_by_key_and_in_pages(account: Account) -> None:
    client = account.client("acm")
    for name, key in [("a.example.com", "RSA_2048"), ("b.example.com", "EC_prime256v1"), ("c.example.com", "RSA_2048")]:
        client.request_certificate(DomainName=name, ValidationMethod="DNS", KeyAlgorithm=key)

    def names(**wanted: Any) -> list[str]:
        pages = client.get_paginator("list_certificates").paginate(**wanted)
        return [one["DomainName"] for page in pages for one in page["CertificateSummaryList"]]

    assert names() == ["a.example.com", "c.example.com"]
    both = {"keyTypes": ["RSA_2048", "EC_prime256v1"]}
    assert names(Includes=both, PaginationConfig={"PageSize": 2}) == ["a.example.com", "b.example.com", "c.example.com"]
    one = client.list_certificates(Includes=both, MaxItems=1)["CertificateSummaryList"][0]
    assert one["SubjectAlternativeNameSummaries"] == ["a.example.com"]


def test_a_certificate_becomes_what_a_test_chooses_and_stays_so(account: Account) -> None:
    client = account.client("acm")
    arn = client.request_certificate(DomainName="items.example.com", ValidationMethod="DNS")["CertificateArn"]
    account.control("certificate", domain="items.example.com", status="FAILED", reason="CAA_ERROR")
    told = client.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (told["Status"], told["FailureReason"]) == ("FAILED", "CAA_ERROR")


def test_a_load_balancer_is_active_at_once(account: Account, zones: list) -> None:
    made = account.client("elbv2").create_load_balancer(Name="items", Subnets=[one["SubnetId"] for one in zones[:2]])
    assert made["LoadBalancers"][0]["State"]["Code"] == "active"


def test_a_behaviour_with_a_cache_policy_forwards_nothing_of_its_own(account: Account) -> None:
    origin = {
        "Id": "lb",
        "DomainName": "lb.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    made = account.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "lb",
                "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
        }
    )["Distribution"]
    assert made["ARN"] == f"arn:aws:cloudfront::123456789012:distribution/{made['Id']}"
    config = made["DistributionConfig"]
    assert "ForwardedValues" not in config["DefaultCacheBehavior"]
    assert config["ViewerCertificate"]["CloudFrontDefaultCertificate"]


def test_the_lock_of_an_ip_set_is_taken_back(account: Account) -> None:
    waf = account.client("wafv2")
    wanted = {"Name": "allowed", "Scope": "REGIONAL"}
    made = waf.create_ip_set(**wanted, IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])["Summary"]
    changed = waf.update_ip_set(**wanted, Id=made["Id"], LockToken=made["LockToken"], Addresses=["192.0.2.0/25"])
    waf.delete_ip_set(**wanted, Id=made["Id"], LockToken=changed["NextLockToken"])
    assert waf.list_ip_sets(Scope="REGIONAL")["IPSets"] == []


def test_a_key_signs_a_digest_as_it_is(account: Account) -> None:
    kms = account.client("kms")
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    told = kms.get_public_key(KeyId=made["KeyId"])
    assert told["KeyId"] == made["Arn"]
    public = load_der_public_key(told["PublicKey"])
    message = b"a statement"
    how = {"KeyId": made["Arn"], "SigningAlgorithm": "ECDSA_SHA_256"}
    for said, kind in ((sha256(message).digest(), "DIGEST"), (message, "RAW")):
        signature = kms.sign(Message=said, MessageType=kind, **how)["Signature"]
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    for said, kind in ((b"short", "DIGEST"), (b"x" * 4097, "RAW")):
        with pytest.raises(ClientError, match="ValidationException"):
            kms.sign(Message=said, MessageType=kind, **how)
    with pytest.raises(ClientError, match="DryRunOperationException"):
        kms.sign(Message=sha256(message).digest(), MessageType="DIGEST", DryRun=True, **how)
    kms.disable_key(KeyId=made["KeyId"])
    with pytest.raises(ClientError, match="DisabledException"):
        kms.sign(Message=message, MessageType="RAW", **how)
    kms.schedule_key_deletion(KeyId=made["KeyId"])
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        kms.get_public_key(KeyId=made["KeyId"])
