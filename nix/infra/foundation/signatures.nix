# What releases are signed with: a key that KMS keeps, by one name for ever.
{
  lib,
  names,
  project,
  ...
}:
let
  inherit (project.foundation) region signatures;
  account = "\${data.aws_caller_identity.current.account_id}";
in
lib.mkIf signatures.enable {
  data.aws_caller_identity.current = { };

  resource = {
    aws_kms_key.signatures = {
      description = "Signs the images and releases of ${project.project}";
      # What cosign, OpenSSL and others check, too.
      customer_master_key_spec = "ECC_NIST_P256";
      key_usage = "SIGN_VERIFY";
      # Nothing that was signed with it could be checked any more.
      deletion_window_in_days = 30;
      policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Sid = "AccountDecides";
            Effect = "Allow";
            Principal.AWS = "arn:${names.partition region}:iam::${account}:root";
            Action = "kms:*";
            Resource = "*";
          }
        ];
      };
    };
    aws_kms_alias.signatures = {
      name = names.signingKey;
      target_key_id = "\${aws_kms_key.signatures.key_id}";
    };
  };

  output.signing_key_arn = {
    description = "The key that images and releases are signed with.";
    value = "\${aws_kms_key.signatures.arn}";
  };
}
