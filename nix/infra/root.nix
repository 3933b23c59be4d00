# What every Terraform root begins with: versions, where its state is, the provider.
{
  name,
  region,
  account,
  provider,
  tags,
}:
{ lib, ... }:
{
  terraform = {
    # The first with a lock of its own in S3.
    required_version = ">= 1.10";
    required_providers.aws = {
      source = "hashicorp/aws";
      version = provider;
    };
    # The bucket is given to `init`: its name has the account's number in it.
    backend.s3 = {
      key = "${name}.tfstate";
      inherit region;
      encrypt = true;
      use_lockfile = true;
    };
  };
  provider.aws = {
    inherit region;
    default_tags.tags = tags // {
      managed-by = "driftless";
    };
  }
  // lib.optionalAttrs (account != null) { allowed_account_ids = [ account ]; };
}
