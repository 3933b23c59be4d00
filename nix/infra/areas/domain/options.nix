# The name that people type.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.domain = lib.mkOption {
    description = "The domain of the environment, and how it is certified.";
    default = { };
    type = types.coercedTo types.str (name: { inherit name; }) (
      types.submodule {
        options = {
          name = mkOption {
            type = typed.nullOr typed.domainName;
            default = null;
            description = "The domain name; with one, requests are encrypted. null is the load balancer's own name and HTTP.";
            example = "items.example.com";
          };
          zone = mkOption {
            type = types.nullOr types.str;
            default = null;
            description = "The hosted zone in Route 53 that the name is in; null is the name's parent, or itself where it has none.";
            example = "example.com";
          };
          zones = mkOption {
            type = typed.listOf typed.domainName;
            default = [ ];
            description = "Further hosted zones in Route 53 that are there already, for `hosts` of services that are not in the zone of the name.";
            example = [ "example.org" ];
          };
          createZone = mkOption {
            type = types.bool;
            default = false;
            description = ''
              Whether to make a zone for the name, rather than use one that there is. The parent has to point to the servers in
              the output `name_servers`; until then the certificate, and the first deployment, wait.
            '';
          };
        };
      }
    );
  };
}
