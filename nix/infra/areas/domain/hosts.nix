# The names of an environment with a domain: its own, and the hosts of its services, each with the zone that it is in.
#
# -> { zone, names, missing }: the zone of the domain; a list of { name, zone }, the domain first; and the hosts that can
# have no name in a certificate: { service, host, inZone }.
{ lib, environment }:
let
  typed = import ../../types.nix { inherit lib; };
  inherit (import ../../patterns.nix { inherit lib; }) matches wild;
  inherit (environment) domain services;

  labels = lib.splitString "." domain.name;
  parent = lib.concatStringsSep "." (if lib.length labels > 2 then lib.tail labels else labels);
  zone =
    if domain.createZone then
      domain.name
    else if domain.zone != null then
      domain.zone
    else
      parent;

  isIn = name: zone: name == zone || lib.hasSuffix ".${zone}" name;
  longer = one: other: lib.stringLength one > lib.stringLength other;
  # The zone with most in common.
  zoneOf =
    name: lib.findFirst (isIn name) null (lib.sort longer (lib.unique ([ zone ] ++ domain.zones)));

  # `*.` before a name is a name, too: certificates and records can be for it.
  isName = host: typed.domainName.problem (lib.removePrefix "*." host) == null;
  hosts = lib.concatLists (
    lib.mapAttrsToList (
      service: said:
      map (host: {
        inherit service;
        host = lib.toLower host;
      }) said.hosts
    ) services
  );
  named = lib.filter (one: isName one.host && zoneOf one.host != null) hosts;
  others = lib.subtractLists [ domain.name ] (
    lib.unique (lib.naturalSort (map (one: one.host) named))
  );
  exact = lib.filter (host: wild host == 0) ([ domain.name ] ++ others);
in
{
  inherit zone;
  names = map (name: {
    inherit name;
    zone = zoneOf name;
  }) ([ domain.name ] ++ others);
  missing = map (one: one // { inZone = isName one.host; }) (
    lib.filter (
      one: !(if isName one.host then zoneOf one.host != null else lib.any (matches one.host) exact)
    ) hosts
  );
}
