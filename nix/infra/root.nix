# What every Terraform root begins with: versions, where its state is, the provider.
{
  name,
  region,
  account,
  provider,
  tags,
  # Regions beside its own that some resource has to be in: their provider is `aws.us_east_1` and the like.
  further ? [ ],
}:
{ lib, ... }:
let
  home = {
    inherit region;
    default_tags.tags = tags // {
      managed-by = "driftless";
    };
  }
  // lib.optionalAttrs (account != null) { allowed_account_ids = [ account ]; };
  abroad =
    region:
    home
    // {
      inherit region;
      alias = lib.replaceStrings [ "-" ] [ "_" ] region;
    };
in
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
  provider.aws = if further == [ ] then home else [ home ] ++ map abroad further;
}
