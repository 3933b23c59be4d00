# What the presets bring.
{ lib, has, ... }:
let
  # What costs something or watches, and is no part of serving requests.
  extras = [
    "aws_budgets_budget"
    "aws_ce_anomaly_monitor"
    "aws_cloudfront_distribution"
    "aws_cloudwatch_composite_alarm"
    "aws_cloudwatch_dashboard"
    "aws_cloudwatch_metric_alarm"
    "aws_db_instance"
    "aws_elasticache_replication_group"
    "aws_flow_log"
    "aws_guardduty_detector"
    "aws_rds_cluster"
    "aws_s3_bucket"
    "aws_sns_topic"
    "aws_wafv2_web_acl"
    "aws_xray_sampling_rule"
  ];
  present = environment: lib.filter (kind: has kind environment) extras;
in
{
  testASmallEnvironmentHasNoneOfThem = {
    expr = present { };
    expected = [ ];
  };

  testProductionHasWhatAnAuditAsksFor = {
    expr = present { preset = "production"; };
    expected = [
      "aws_cloudwatch_composite_alarm"
      "aws_cloudwatch_dashboard"
      "aws_cloudwatch_metric_alarm"
      "aws_flow_log"
      "aws_s3_bucket"
      "aws_sns_topic"
      "aws_wafv2_web_acl"
    ];
  };

  testProductionDoesAsItIsTold = {
    expr = has "aws_wafv2_web_acl" {
      preset = "production";
      waf.enable = false;
    };
    expected = false;
  };
}
