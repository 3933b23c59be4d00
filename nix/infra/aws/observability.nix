# Container Insights, the dashboard, and what X-Ray is told.
{
  lib,
  environment,
  ...
}@arguments:
let
  inherit (environment) observability prefix;
  inherit (observability) tracing;
in
{
  resource = {
    aws_ecs_cluster = lib.mkIf (observability.insights != "off") {
      main.setting = [
        {
          name = "containerInsights";
          value = observability.insights;
        }
      ];
    };

    aws_cloudwatch_dashboard = lib.mkIf observability.dashboard {
      main = {
        dashboard_name = prefix;
        dashboard_body = builtins.toJSON (import ../alarms/dashboard.nix arguments);
      };
    };

    aws_xray_sampling_rule = lib.mkIf tracing.enable {
      main = {
        rule_name = "${lib.substring 0 32 prefix}";
        priority = 1000;
        version = 1;
        reservoir_size = 1;
        fixed_rate = tracing.rate / 100.0;
        service_name = "${prefix}-*";
        service_type = "*";
        host = "*";
        http_method = "*";
        url_path = "*";
        resource_arn = "*";
      };
    };
    aws_xray_group = lib.mkIf tracing.enable {
      main = {
        group_name = "${lib.substring 0 32 prefix}";
        filter_expression = "service(begins_with(\"${prefix}-\")) AND (error OR fault OR responsetime > 2)";
      };
    };

    aws_iam_role_policy = lib.mkIf tracing.enable (
      lib.mapAttrs' (
        service: _:
        lib.nameValuePair "${service}_tracing" {
          name = "tracing";
          role = "\${aws_iam_role.${service}_task.id}";
          policy = builtins.toJSON {
            Version = "2012-10-17";
            Statement = [
              {
                Effect = "Allow";
                Action = [
                  "xray:GetSamplingRules"
                  "xray:GetSamplingTargets"
                  "xray:PutTelemetryRecords"
                  "xray:PutTraceSegments"
                ];
                # X-Ray knows no resources: AWS takes nothing else for these actions.
                Resource = "*";
              }
            ];
          };
        }
      ) environment.services
    );
  };
}
