# One log group for each service. They are made before the services and have nothing to do with them, so that what a failed
# first deployment said can be read.
{
  lib,
  environment,
  names,
  ...
}:
{
  resource.aws_cloudwatch_log_group = lib.mapAttrs (
    name: _:
    {
      name = names.logGroup name;
      retention_in_days = environment.logs.days;
    }
    // lib.optionalAttrs environment.encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; }
  ) environment.services;
}
