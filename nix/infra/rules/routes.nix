# Who gets which request must not be in doubt.
{
  lib,
  at,
  services,
  ...
}:
let
  claims = lib.zipAttrs (
    lib.concatLists (
      lib.mapAttrsToList (
        name: service:
        lib.concatMap (
          route:
          map (host: { "${host}${route}" = name; }) (if service.hosts == [ ] then [ "" ] else service.hosts)
        ) service.routes
      ) services
    )
  );
in
lib.mapAttrsToList (route: names: {
  assertion = lib.length names == 1;
  message = "${at}services.*.routes: `${route}` is claimed ${toString (lib.length names)} times, by ${lib.concatStringsSep " and " names}";
}) claims
