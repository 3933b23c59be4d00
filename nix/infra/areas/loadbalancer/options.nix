# The way in.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.loadbalancer = {
    idleTimeout = mkOption {
      type = typed.between 1 4000;
      default = 60;
      description = "Seconds without a byte until the load balancer closes a connection.";
    };

    from = mkOption {
      type = typed.listOf (typed.matching "[0-9.]+/[0-9]+" "an IPv4 range");
      default = [ "0.0.0.0/0" ];
      description = "Addresses that may connect.";
      example = [ "203.0.113.0/24" ];
    };

    hsts = mkOption {
      type = types.nullOr types.str;
      default = "max-age=31536000";
      description = "Header `strict-transport-security` of all answers where there is a domain: browsers then never ask without encryption. With `; includeSubDomains` neither do they for names below it, whosever these are.";
    };

    tlsPolicy = mkOption {
      type = types.str;
      default = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";
      description = "What may be spoken: by default TLS 1.3, and 1.2 with forward secrecy.";
    };
  };

  # Who asked it for what.
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
