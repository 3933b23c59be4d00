# Where the service may connect to.
{ lib, ... }:
let
  inherit (lib) mkOption;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.egress = mkOption {
    type = typed.listOf (typed.between 1 65535);
    default = [ 443 ];
    description = ''
      TCP ports that the service may connect to anywhere. What it names by `service:NAME`, its database and its cache are not
      meant by that. AWS's own services need 443.
    '';
    example = [
      443
      587
    ];
  };
}
