# A service can only be named if it is there.
{
  lib,
  at,
  service,
  services,
  ...
}:
lib.concatLists (
  lib.mapAttrsToList (
    variable: value:
    lib.optional (lib.hasPrefix "service:" value) {
      assertion = services ? ${lib.removePrefix "service:" value};
      message = "${at}.environment.${variable} = \"${value}\": there is no such service; there are ${lib.concatStringsSep ", " (lib.attrNames services)}";
    }
  ) service.environment
)
