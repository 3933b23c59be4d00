# Who asked the load balancer for what.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../types.nix { inherit lib; };
in
{
  options.accessLogs = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the load balancer writes a line for each request to a bucket of its own.";
    };

    days = mkOption {
      type = typed.between 1 3653;
      default = 90;
      description = "Days until a line is removed.";
    };
  };
}
