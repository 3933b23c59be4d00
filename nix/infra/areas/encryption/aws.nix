# A key of the environment's own, for logs, secrets and storage.
{
  lib,
  environment,
  names,
  ...
}:
let
  inherit (environment) prefix region;
  account = "\${data.aws_caller_identity.current.account_id}";
  partition = names.partition region;
in
lib.mkIf environment.encryption.ownKey {
  resource = {
    aws_kms_key.main = {
      description = "Logs, secrets and storage of ${prefix}";
      enable_key_rotation = true;
      deletion_window_in_days = if environment.protected then 30 else 7;
      policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Sid = "AccountDecides";
            Effect = "Allow";
            Principal.AWS = "arn:${partition}:iam::${account}:root";
            Action = "kms:*";
            Resource = "*";
          }
          {
            Sid = "LogsOfThisEnvironment";
            Effect = "Allow";
            Principal.Service = "logs.${region}.amazonaws.com";
            Action = [
              "kms:Decrypt"
              "kms:Describe*"
              "kms:Encrypt"
              "kms:GenerateDataKey*"
              "kms:ReEncrypt*"
            ];
            Resource = "*";
            Condition.ArnLike."kms:EncryptionContext:aws:logs:arn" =
              "arn:${partition}:logs:${region}:${account}:log-group:*";
          }
        ]
        # Alarms speak to a topic that is encrypted with it. Those of others, through a topic of theirs, do not.
        ++ lib.optional environment.alarms.enable {
          Sid = "AlarmsOfThisAccount";
          Effect = "Allow";
          Principal.Service = "cloudwatch.amazonaws.com";
          Action = [
            "kms:Decrypt"
            "kms:GenerateDataKey*"
          ];
          Resource = "*";
          Condition.StringEquals."aws:SourceAccount" = account;
        };
      };
    };
    aws_kms_alias.main = {
      name = "alias/${prefix}";
      target_key_id = "\${aws_kms_key.main.key_id}";
    };
  };
}
