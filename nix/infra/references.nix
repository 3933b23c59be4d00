# Which service names which in its environment.
{ lib }:
services:
let
  prefix = "service:";
  named =
    service:
    lib.unique (
      map (lib.removePrefix prefix) (
        lib.filter (lib.hasPrefix prefix) (lib.attrValues service.environment)
      )
    );
  of = lib.mapAttrs (_: named) services;
in
{
  inherit of;
  # Those that some other names.
  servers = lib.unique (lib.concatLists (lib.attrValues of));
  clientsOf = server: lib.attrNames (lib.filterAttrs (_: lib.elem server) of);
  # The value of a variable as the container gets it.
  address =
    value:
    let
      server = lib.removePrefix prefix value;
    in
    if lib.hasPrefix prefix value then
      "http://${server}:${toString services.${server}.port}"
    else
      value;
}
