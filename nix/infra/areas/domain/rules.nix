# What a domain can be.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      inherit (environment) domain preset;
      typed = import ../../types.nix { inherit lib; };
      inherit (domain) name zone;
      said = name != null;
      names = import ./hosts.nix { inherit environment lib; };
      mostNames = 10;
    in
    [
      {
        assertion = !said || typed.domainName.problem name == null;
        message = "${at}domain.name = \"${toString name}\": ${toString (typed.domainName.problem (toString name))}";
      }
      {
        assertion = !said || zone == null || name == zone || lib.hasSuffix ".${zone}" name;
        message = "${at}domain.zone = \"${toString zone}\": ${toString name} is not in it; name the zone that ends the domain";
      }
      {
        assertion = zone == null || !domain.createZone;
        message = "${at}domain.zone = \"${toString zone}\": is not used where domain.createZone makes one; say one of them";
      }
      {
        assertion = said || !domain.createZone;
        message = "${at}domain.createZone = true: there is no domain.name to make a zone for; say one";
      }
    ]
    ++ map (
      one:
      let
        where = "${at}services.${one.service}.hosts: `${one.host}`";
      in
      {
        assertion = false;
        message =
          if one.inZone then
            "${where} is not in the zone ${names.zone}, so it would have neither a certificate nor a record; name its zone, which must be in Route 53, in `${at}domain.zones`"
          else
            "${where} is no name that a certificate can be for, and fits none that there is; write names, or `*.` before one";
      }
    ) (lib.optionals (said && typed.domainName.problem name == null) names.missing)
    ++ lib.optionals (said && typed.domainName.problem name == null) [
      {
        # https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
        assertion = lib.length names.names <= mostNames;
        message = "${at}domain: the certificate would be for ${toString (lib.length names.names)} names, the domain and the hosts of services; it can have ${toString mostNames}; use `*.` before a name for some of them";
      }
    ]
    ++ (lib.mapAttrsToList (service: one: {
      assertion = one.hosts == [ ] || said || !environment.cdn.enable;
      message = "${at}services.${service}.hosts: without a domain CloudFront answers by its own name alone, so nobody would reach ${lib.concatStringsSep ", " one.hosts}; say `${at}domain`, or leave hosts out";
    }) environment.services)
    ++ lib.optional (preset == "production" && !said) {
      warning = "${at}domain.name = null: everything between people and the load balancer can be read by others";
    };
}
