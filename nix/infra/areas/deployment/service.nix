# How long another service may ask this one.
{ lib, ... }:
let
  typed = import ../../types.nix { inherit lib; };
in
{
  options.requestTimeout = lib.mkOption {
    type = typed.between 0 2147483647;
    default = 0;
    description = ''
      Seconds until Service Connect ends a request of a service that names this one; 0 is no limit, so that streams and slow
      answers are whole. What visitors ask through the load balancer is limited by `loadbalancer.idleTimeout`.
    '';
    example = 30;
  };
}
