# Who spoke to whom in the network.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../types.nix { inherit lib; };
in
{
  options.flowLogs = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the network writes a line for each connection to CloudWatch Logs.";
    };

    traffic = mkOption {
      type = typed.oneOf [
        "ALL"
        "ACCEPT"
        "REJECT"
      ];
      default = "ALL";
      description = "Connections that are written down; `REJECT` are those that security groups refused, and few.";
    };

    days = mkOption {
      type = typed.oneOf (import ../retention.nix);
      default = 30;
      description = "Days until a line is removed.";
    };
  };
}
