# The network that an environment has to itself.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.network = {
    cidr = mkOption {
      type = typed.matching "[0-9.]+/[0-9]+" "an IPv4 range such as 10.0.0.0/16";
      default = "10.0.0.0/16";
      description = "Addresses of the VPC.";
      example = "10.20.0.0/16";
    };

    availabilityZones = mkOption {
      type = typed.between 2 4;
      default = 2;
      description = "How many availability zones are used. A load balancer wants two.";
    };

    zones = mkOption {
      type = typed.listOf (typed.matching "[a-z]" "the letter of a zone");
      default = lib.take config.network.availabilityZones (import ./zones.nix config.region);
      defaultText = "the first `availabilityZones` of the region";
      description = "The letters of the zones.";
      example = [
        "a"
        "c"
      ];
    };

    egress = mkOption {
      type = typed.oneOf [
        "public-ip"
        "nat-single"
        "nat-per-zone"
        "endpoints"
      ];
      default = "public-ip";
      description = ''
        How tasks reach what is outside. `public-ip`: they have addresses of their own, and security groups let nothing in
        but the load balancer; the cheapest. `nat-single`: private subnets, one NAT gateway. `nat-per-zone`: one in each
        zone, so that a zone that fails takes nothing else with it. `endpoints`: AWS's services alone, no internet.
      '';
    };

    endpoints = mkOption {
      type = typed.listOf (typed.matching "[a-z0-9.-]+" "a service of AWS, such as sqs");
      default = [ ];
      description = "Interface endpoints beyond those that ECS itself needs where `egress` is `endpoints`.";
      example = [ "sqs" ];
    };
  };

  # A second fence around the subnets.
  options.networkAcls.enable = mkOption {
    type = types.bool;
    default = false;
    description = ''
      Whether subnets have network ACLs, beside the security groups of what is in them: private ones take connections from
      the network alone, public ones also from visitors of the load balancer.
    '';
  };

  # Who spoke to whom.
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
      type = typed.oneOf (import ../../retention.nix);
      default = 30;
      description = "Days until a line is removed.";
    };
  };
}
