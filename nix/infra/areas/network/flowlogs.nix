# Flow logs of the VPC, in a log group that only they can write to.
{
  lib,
  environment,
  names,
  project,
  ...
}:
let
  inherit (environment) flowLogs;
  group = "\${aws_cloudwatch_log_group.flow_logs.arn}";
in
lib.mkIf flowLogs.enable {
  data.aws_caller_identity.current = { };

  resource = {
    aws_cloudwatch_log_group.flow_logs = {
      name = "/vpc/${project.project}/${environment.name}";
      retention_in_days = flowLogs.days;
    }
    // lib.optionalAttrs environment.encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; };
    aws_iam_role.flow_logs = {
      name = names.short 64 "${environment.prefix}-flow-logs";
      assume_role_policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Effect = "Allow";
            Principal.Service = "vpc-flow-logs.amazonaws.com";
            Action = "sts:AssumeRole";
            Condition.StringEquals."aws:SourceAccount" = "\${data.aws_caller_identity.current.account_id}";
          }
        ];
      };
    };
    aws_iam_role_policy.flow_logs = {
      name = "write";
      role = "\${aws_iam_role.flow_logs.id}";
      policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Sid = "WriteFlowLogs";
            Effect = "Allow";
            Action = [
              "logs:CreateLogStream"
              "logs:DescribeLogStreams"
              "logs:PutLogEvents"
            ];
            # One stream for each network interface; their names are AWS's.
            Resource = "${group}:*";
          }
        ];
      };
    };
    aws_flow_log.main = {
      vpc_id = "\${aws_vpc.main.id}";
      traffic_type = flowLogs.traffic;
      log_destination_type = "cloud-watch-logs";
      log_destination = group;
      iam_role_arn = "\${aws_iam_role.flow_logs.arn}";
      max_aggregation_interval = 600;
      tags.Name = environment.prefix;
    };
  };
}
