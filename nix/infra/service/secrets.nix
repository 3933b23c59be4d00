# Values that are nobody's to read.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.secrets = mkOption {
    type = types.attrsOf (types.submodule { });
    default = { };
    description = "Environment variables whose values are secrets: named here, kept in Secrets Manager, never in the store.";
    example.SECRET_KEY = { };
  };
}
