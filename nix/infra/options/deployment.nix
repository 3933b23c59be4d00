# How a service moves to a release.
{ lib, ... }:
let
  inherit (lib) mkOption;
  typed = import ../types.nix { inherit lib; };
in
{
  options.deployment = {
    strategy = mkOption {
      type = typed.oneOf [
        "rolling"
        "blue-green"
        "canary"
        "linear"
      ];
      default = "rolling";
      description = "How traffic moves from the old tasks to the new ones.";
    };
  };
}
