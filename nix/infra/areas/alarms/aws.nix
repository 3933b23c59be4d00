# Alarms, the topic that they speak to, and one alarm above those that visitors notice.
{
  lib,
  environment,
  ...
}@arguments:
let
  inherit (environment) alarms prefix;
  targets = [ "\${aws_sns_topic.alarms.arn}" ] ++ alarms.topics;
  told = {
    alarm_actions = targets;
    ok_actions = targets;
  };

  ofService = import ./of-service.nix arguments;
  services = lib.mapAttrs ofService environment.services;

  # -> { impact, strain }: what visitors notice, and what they will. Alarms by name.
  all = lib.foldl' (left: right: {
    impact = left.impact // right.impact;
    strain = left.strain // right.strain;
  }) (import ./shared.nix arguments) (lib.attrValues services);

  finished =
    name: alarm:
    {
      alarm_name = "${prefix}-${lib.replaceStrings [ "_" ] [ "-" ] name}";
      comparison_operator = "GreaterThanThreshold";
      # Where nobody asks, nothing is wrong.
      treat_missing_data = "notBreaching";
    }
    // alarm;

  reference = name: "ALARM(\${aws_cloudwatch_metric_alarm.${name}.alarm_name})";
in
lib.mkIf alarms.enable {
  data.aws_caller_identity.current = { };

  resource = {
    aws_cloudwatch_metric_alarm =
      lib.mapAttrs finished all.impact
      // lib.mapAttrs (name: alarm: finished name alarm // told) all.strain;

    # Those that visitors notice come together: one message, not ten.
    aws_cloudwatch_composite_alarm.main = told // {
      alarm_name = prefix;
      alarm_description = "Visitors of ${prefix} notice that something is wrong";
      alarm_rule = lib.concatMapStringsSep " OR " reference (lib.attrNames all.impact);
    };

    aws_sns_topic.alarms = {
      name = "${prefix}-alarms";
      # AWS's own key for SNS lets no alarm in.
      kms_master_key_id = lib.mkIf environment.encryption.ownKey "\${aws_kms_key.main.arn}";
    };
    aws_sns_topic_policy.alarms = {
      arn = "\${aws_sns_topic.alarms.arn}";
      policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Sid = "AlarmsOfThisAccount";
            Effect = "Allow";
            Principal.Service = "cloudwatch.amazonaws.com";
            Action = "sns:Publish";
            Resource = "\${aws_sns_topic.alarms.arn}";
            Condition.StringEquals."aws:SourceAccount" = "\${data.aws_caller_identity.current.account_id}";
          }
        ];
      };
    };
    aws_sns_topic_subscription = lib.listToAttrs (
      lib.imap1 (
        index: endpoint:
        lib.nameValuePair "alarms_${toString index}" {
          topic_arn = "\${aws_sns_topic.alarms.arn}";
          protocol = "email";
          inherit endpoint;
        }
      ) alarms.emails
    );

    # A deployment that raises them ends, and what ran before comes back.
    aws_ecs_service = lib.mkIf alarms.rollback (
      lib.mapAttrs (_: service: {
        alarms = lib.mkIf (service.deployment != [ ]) {
          enable = true;
          rollback = true;
          alarm_names = map (name: "\${aws_cloudwatch_metric_alarm.${name}.alarm_name}") service.deployment;
        };
      }) services
    );
  };
}
