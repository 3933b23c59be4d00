# Container Insights, the dashboard, and what X-Ray is told.
{
  lib,
  environment,
  names,
  ...
}@arguments:
let
  inherit (environment) observability prefix;
  inherit (observability) tracing;
  collected = tracing.collector != null;
  registry = if collected then import ./registry.nix { inherit lib; } tracing.collector else null;
  collector = service: {
    image = tracing.collector;
    # OTLP in, X-Ray out: a configuration that is in the image.
    command = [ "--config=/etc/ecs/ecs-xray.yaml" ];
    readonlyRootFilesystem = true;
    logConfiguration = {
      logDriver = "awslogs";
      options = {
        awslogs-group = "\${aws_cloudwatch_log_group.${service}.name}";
        awslogs-region = environment.region;
        awslogs-stream-prefix = "collector";
        max-buffer-size = "25m";
        mode = "non-blocking";
      };
    };
  };
in
{
  tasks = lib.mkIf tracing.enable (
    lib.mapAttrs (service: _: {
      permissions = [
        {
          Sid = "SendTraces";
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
      environment = lib.optionalAttrs collected {
        OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318";
        OTEL_SERVICE_NAME = "${prefix}-${service}";
      };
      execution = lib.optional (registry != null) {
        Sid = "PullTheCollector";
        Effect = "Allow";
        Action = [
          "ecr:BatchCheckLayerAvailability"
          "ecr:BatchGetImage"
          "ecr:GetDownloadUrlForLayer"
        ];
        Resource = "arn:${names.partition environment.region}:ecr:${registry.region}:${registry.account}:repository/${registry.repository}";
      };
      containers = lib.optionalAttrs collected { collector = collector service; };
    }) environment.services
  );

  resource = {
    aws_ecs_cluster.main.setting = [
      {
        name = "containerInsights";
        value = if observability.insights == "off" then "disabled" else observability.insights;
      }
    ];

    aws_cloudwatch_dashboard = lib.mkIf observability.dashboard {
      main = {
        dashboard_name = prefix;
        dashboard_body = builtins.toJSON (import ./dashboard.nix arguments);
      };
    };

    aws_xray_sampling_rule = lib.mkIf tracing.enable {
      main = {
        rule_name = names.short 32 prefix;
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
        group_name = names.short 32 prefix;
        filter_expression = "service(begins_with(\"${prefix}-\")) AND (error OR fault OR responsetime > 2)";
      };
    };
  };
}
