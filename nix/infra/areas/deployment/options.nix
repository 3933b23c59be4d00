# How a service moves to a release.
{ lib, ... }:
let
  inherit (lib) mkOption;
  typed = import ../../types.nix { inherit lib; };
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
      description = ''
        How traffic moves from the old tasks to the new ones: task by task; all at once beside the old ones; a little first
        and then the rest; or in equal steps.
      '';
    };

    bake = mkOption {
      type = typed.between 0 1440;
      default = 5;
      description = "Minutes that the old tasks stay after all traffic has moved, where the strategy is not rolling.";
    };

    step = mkOption {
      type = typed.between 1 100;
      default = 10;
      description = "Percent of the traffic that a canary gets first, or that each linear step moves.";
    };

    stepBake = mkOption {
      type = typed.between 0 1440;
      default = 5;
      description = "Minutes between those steps.";
    };
  };
}
