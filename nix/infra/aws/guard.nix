# GuardDuty, for the account and region.
{ lib, environment, ... }:
let
  inherit (environment) guardDuty;
in
lib.mkIf guardDuty.enable {
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
