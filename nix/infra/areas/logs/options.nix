# What services say.
{ lib, ... }:
let
  inherit (lib) mkOption;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.logs.days = mkOption {
    type = typed.oneOf ([ 0 ] ++ import ../../retention.nix);
    default = 14;
    description = "Days that logs are kept; 0 is for ever.";
  };
}
