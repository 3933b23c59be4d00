# A second fence around the subnets.
{ lib, ... }:
{
  options.networkAcls.enable = lib.mkOption {
    type = lib.types.bool;
    default = false;
    description = ''
      Whether subnets have network ACLs, beside the security groups of what is in them: private ones take connections from
      the network alone, public ones also from visitors of the load balancer.
    '';
  };
}
