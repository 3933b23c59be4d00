"""The calls that moto does not know at all."""

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from push import Registry, digest


def test_ecr_knows_which_layers_are_there(account: Account) -> None:
    ecr = account.client("ecr")
    ecr.create_repository(repositoryName="items/backend")
    Registry(account).blob("items/backend", b"layer")
    wanted = [digest(b"layer"), digest(b"other")]
    told = ecr.batch_check_layer_availability(repositoryName="items/backend", layerDigests=wanted)
    assert [one["layerDigest"] for one in told["layers"]] == wanted[:1]
    assert [one["layerDigest"] for one in told["failures"]] == wanted[1:]


def test_quotas_are_told(account: Account) -> None:
    client = account.client("service-quotas")
    for value in (6, 2):
        account.control("quota", code="L-3032A538", value=value)
        assert client.get_service_quota(ServiceCode="fargate", QuotaCode="L-3032A538")["Quota"]["Value"] == value
    assert client.list_service_quotas(ServiceCode="vpc")["Quotas"]


@pytest.mark.parametrize("kind", ["group", "sampling_rule"])
def test_x_ray_keeps_groups_and_rules(account: Account, kind: str) -> None:
    client = account.client("xray")
    if kind == "group":
        client.create_group(GroupName="items", FilterExpression="responsetime > 5")
        assert client.get_group(GroupName="items")["Group"]["FilterExpression"] == "responsetime > 5"
        client.delete_group(GroupName="items")
        assert client.get_groups()["Groups"] == []
    else:
        rule = {
            "RuleName": "items",
            "ResourceARN": "*",
            "Priority": 1,
            "FixedRate": 0.05,
            "ReservoirSize": 1,
            "ServiceName": "*",
            "ServiceType": "*",
            "Host": "*",
            "HTTPMethod": "*",
            "URLPath": "*",
            "Version": 1,
        }
        client.create_sampling_rule(SamplingRule=rule)
        client.update_sampling_rule(SamplingRuleUpdate={"RuleName": "items", "FixedRate": 0.5})
        assert client.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]["FixedRate"] == 0.5
        client.delete_sampling_rule(RuleName="items")
        assert client.get_sampling_rules()["SamplingRuleRecords"] == []


def test_anomalies_are_watched_until_told_otherwise(account: Account) -> None:
    client = account.client("ce")
    monitor = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    arn = client.create_anomaly_monitor(AnomalyMonitor=monitor)["MonitorArn"]
    assert client.get_anomaly_monitors(MonitorArnList=[arn])["AnomalyMonitors"][0]["MonitorName"] == "services"
    client.delete_anomaly_monitor(MonitorArn=arn)
    with pytest.raises(ClientError, match="UnknownMonitorException"):
        client.get_anomaly_monitors(MonitorArnList=[arn])


def test_an_analyzer_is_kept_until_it_is_deleted(account: Account) -> None:
    client = account.client("accessanalyzer")
    client.create_analyzer(analyzerName="account", type="ACCOUNT")
    assert client.get_analyzer(analyzerName="account")["analyzer"]["status"] == "ACTIVE"
    client.delete_analyzer(analyzerName="account")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_analyzer(analyzerName="account")


def test_a_pull_through_rule_is_kept_until_it_is_deleted(account: Account) -> None:
    client = account.client("ecr")
    client.create_pull_through_cache_rule(ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws")
    assert len(client.describe_pull_through_cache_rules()["pullThroughCacheRules"]) == 1
    client.delete_pull_through_cache_rule(ecrRepositoryPrefix="public")
    with pytest.raises(ClientError, match="PullThroughCacheRuleNotFoundException"):
        client.describe_pull_through_cache_rules(ecrRepositoryPrefixes=["public"])


def test_a_saved_query_is_kept_until_it_is_deleted(account: Account) -> None:
    client = account.client("logs")
    name = client.put_query_definition(name="errors", queryString="fields @message")["queryDefinitionId"]
    assert client.describe_query_definitions()["queryDefinitions"][0]["queryDefinitionId"] == name
    assert client.delete_query_definition(queryDefinitionId=name)["success"]
    assert client.describe_query_definitions()["queryDefinitions"] == []
