# Places for secrets. Their values are put there by the command line, and are never seen here.
{
  lib,
  environment,
  names,
  ...
}:
let
  inherit (environment) encryption services;
  resourceOf = service: variable: "${service}_${variable}";
  all = lib.concatLists (
    lib.mapAttrsToList (
      service: { secrets, ... }: map (variable: { inherit service variable; }) (lib.attrNames secrets)
    ) services
  );
  each = f: lib.listToAttrs (map f all);
  arn = service: variable: "\${aws_secretsmanager_secret.${resourceOf service variable}.arn}";
in
{
  # A version that is pinned makes a change of the secret a change of the service: arn:key:stage:version.
  locals = each (
    { service, variable }:
    let
      key = ''"${service}/${variable}"'';
    in
    lib.nameValuePair "secret_${resourceOf service variable}" (
      arn service variable
      + "\${contains(keys(var.secret_versions), ${key}) ? \":::\${var.secret_versions[${key}]}\" : \"\"}"
    )
  );

  tasks = lib.mapAttrs (
    service:
    { secrets, ... }:
    {
      secrets = lib.mapAttrs (variable: _: "\${local.secret_${resourceOf service variable}}") secrets;
      execution = lib.optionals (secrets != { }) (
        [
          {
            Sid = "ReadItsSecrets";
            Effect = "Allow";
            Action = "secretsmanager:GetSecretValue";
            Resource = map (arn service) (lib.attrNames secrets);
          }
        ]
        ++ lib.optional encryption.ownKey {
          Sid = "DecryptThem";
          Effect = "Allow";
          Action = "kms:Decrypt";
          Resource = "\${aws_kms_key.main.arn}";
        }
      );
    }
  ) services;

  resource.aws_secretsmanager_secret = each (
    { service, variable }:
    lib.nameValuePair (resourceOf service variable) (
      {
        name = names.secret service variable;
        description = "${variable} of ${service} in ${environment.prefix}";
        # A week to change one's mind, where what is lost is lost.
        recovery_window_in_days = if environment.protected then 7 else 0;
      }
      // lib.optionalAttrs encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; }
    )
  );
}
