# CloudFront in front of the load balancer.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.cdn = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether CloudFront stands in front of the load balancer, which then answers nobody else. Without a domain, it
        brings an address with TLS of its own.
      '';
    };

    cached = mkOption {
      type = typed.listOf (
        typed.matching "/[!-~]{0,254}" "a path that starts with a slash, of at most 255 characters"
      );
      default = [ ];
      description = "Paths whose answers are kept near the visitor, as long as `cache-control` says; all else is passed on.";
      example = [ "/assets/*" ];
    };

    priceClass = mkOption {
      type = typed.oneOf [
        "PriceClass_100"
        "PriceClass_200"
        "PriceClass_All"
      ];
      default = "PriceClass_100";
      description = "Where in the world: `PriceClass_100` is North America and Europe.";
    };
  };
}
