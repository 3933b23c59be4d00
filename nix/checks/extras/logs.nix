# Logs and traces.
{
  lib,
  eval,
  refuses,
  resources,
  postgresql,
  ...
}:
{
  testAccessLogsAreWrittenByTheLoadBalancerAlone = {
    expr =
      let
        inherit (resources { accessLogs.enable = true; }) aws_lb aws_s3_bucket_policy;
        statements = (builtins.fromJSON aws_s3_bucket_policy.access_logs.policy).Statement;
      in
      {
        writers = map (statement: statement.Principal) (lib.filter (one: one.Effect == "Allow") statements);
        inherit (aws_lb.main.access_logs) enabled;
      };
    expected = {
      writers = [ { Service = "logdelivery.elasticloadbalancing.amazonaws.com"; } ];
      enabled = true;
    };
  };

  testTracingIsAllowedToEachTask = {
    expr =
      let
        policies = (resources { observability.tracing.enable = true; }).aws_iam_role_policy;
      in
      map (service: lib.hasInfix "xray:PutTraceSegments" policies."${service}_task".policy) [
        "api"
        "web"
        "worker"
      ];
    expected = [
      true
      true
      true
    ];
  };

  testAnOwnKeyEncryptsAllLogs = {
    expr = lib.unique (
      map (group: group.kms_key_id) (
        lib.attrValues
          (resources (
            postgresql
            // {
              encryption.ownKey = true;
              flowLogs.enable = true;
              waf.enable = true;
            }
          )).aws_cloudwatch_log_group
      )
    );
    expected = [ "\${aws_kms_key.main.arn}" ];
  };

  testACollectorCanBePulled = {
    expr =
      let
        pulled =
          collector:
          lib.concatMap (one: lib.toList one.Resource) (
            lib.filter (one: one.Sid == "PullTheCollector")
              (builtins.fromJSON
                (resources {
                  observability.tracing = {
                    enable = true;
                    inherit collector;
                  };
                }).aws_iam_role_policy.web_execution.policy
              ).Statement
          );
        digest = "@sha256:${lib.concatStrings (lib.genList (_: "0") 64)}";
      in
      map (image: pulled (image + digest)) [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror/collector"
        "public.ecr.aws/aws-observability/aws-otel-collector"
      ];
    expected = [
      [ "arn:aws:ecr:eu-west-1:123456789012:repository/mirror/collector" ]
      [ ]
    ];
  };

  testACollectorFromElsewhereNeedsAWayThere = {
    expr =
      let
        digest = "@sha256:${lib.concatStrings (lib.genList (_: "0") 64)}";
        of = image: {
          network = {
            egress = "endpoints";
            endpoints = [ "xray" ];
          };
          observability.tracing = {
            enable = true;
            collector = image + digest;
          };
        };
      in
      [
        (refuses (of "public.ecr.aws/aws-observability/aws-otel-collector") "environments.here.observability.tracing.collector: nothing leads to public.ecr.aws")
        (refuses (of "123456789012.dkr.ecr.eu-west-1.amazonaws.com/collector") "nothing leads to 123456789012.dkr.ecr.eu-west-1")
        (eval (of "123456789012.dkr.ecr.us-east-1.amazonaws.com/collector")).failed
      ];
    expected = [
      true
      true
      [ ]
    ];
  };

  testAnAlarmOfAnotherAccountCannotUseTheKey = {
    expr =
      let
        policy =
          (resources {
            encryption.ownKey = true;
            alarms = {
              enable = true;
              emails = [ "team@example.com" ];
            };
          }).aws_kms_key.main.policy;
        statement =
          lib.findFirst (one: one.Sid == "AlarmsOfThisAccount") { }
            (builtins.fromJSON policy).Statement;
      in
      statement.Condition.StringEquals;
    expected."aws:SourceAccount" = "\${data.aws_caller_identity.current.account_id}";
  };
}
