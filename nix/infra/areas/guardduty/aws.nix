# GuardDuty, for the account and region.
{
  lib,
  environment,
  names,
  ...
}:
let
  inherit (environment) guardDuty;
in
lib.mkIf guardDuty.enable {
  # https://docs.aws.amazon.com/guardduty/latest/ug/prereq-runtime-monitoring-ecs-support.html
  tasks = lib.mkIf guardDuty.runtime (
    lib.mapAttrs (_: _: {
      execution = [
        {
          Sid = "PullTheAgentOfGuardDuty";
          Effect = "Allow";
          Action = [
            "ecr:BatchCheckLayerAvailability"
            "ecr:BatchGetImage"
            "ecr:GetDownloadUrlForLayer"
          ];
          # In an account of AWS, another one in each region.
          Resource = "arn:${names.partition environment.region}:ecr:${environment.region}:*:repository/aws-guardduty-agent-fargate";
        }
      ];
    }) environment.services
  );

  resource = {
    aws_guardduty_detector.main = {
      enable = true;
      finding_publishing_frequency = "FIFTEEN_MINUTES";
    };
    aws_guardduty_detector_feature = lib.mkIf guardDuty.runtime {
      runtime = {
        detector_id = "\${aws_guardduty_detector.main.id}";
        name = "RUNTIME_MONITORING";
        status = "ENABLED";
        additional_configuration = {
          name = "ECS_FARGATE_AGENT_MANAGEMENT";
          status = "ENABLED";
        };
      };
    };
  };
}
