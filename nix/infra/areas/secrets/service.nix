# Values that are nobody's to read.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.secrets = mkOption {
    # Anything, so that a value given by mistake is refused without being shown.
    type = types.attrsOf types.anything // {
      description = "attribute set of { }";
    };
    default = { };
    description = "Environment variables whose values are secrets: named here, kept in Secrets Manager, never in the store. `driftless secrets set` takes a value.";
    example.SECRET_KEY = { };
  };
}
