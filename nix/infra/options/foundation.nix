# What infra.nix can say about what all environments share.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.foundation = {
    region = mkOption {
      type = types.str;
      default = "us-east-1";
      description = "Region of the image repositories.";
      example = "eu-central-1";
    };

    terraform = mkOption {
      type = types.attrsOf types.anything;
      default = { };
      description = "Terraform, as JSON has it, merged last into the root `foundation`.";
    };
  };
}
