# What a domain can be.
{
  lib,
  at,
  environment,
  ...
}:
let
  inherit (environment) domain preset;
  typed = import ../types.nix { inherit lib; };
  inherit (domain) name zone;
  said = name != null;
  pattern = typed.matching "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}" "a domain name in lower case, such as items.example.com";
in
[
  {
    assertion = !said || pattern.problem name == null;
    message = "${at}domain.name = \"${toString name}\": ${toString (pattern.problem (toString name))}";
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
++ lib.optional (preset == "production" && !said) {
  warning = "${at}domain.name = null: everything between people and the load balancer can be read by others";
}
