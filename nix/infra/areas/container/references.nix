# A service can only be named if it is there, and be found only if it starts first.
{
  lib,
  at,
  name,
  service,
  services,
  ...
}:
let
  references = import ../../references.nix { inherit lib; } services;
  # Services on the way from here, as far as they are there.
  beyond =
    of:
    map (one: one.key) (
      lib.genericClosure {
        startSet = map (key: { inherit key; }) (references.of.${of} or [ ]);
        operator = one: map (key: { inherit key; }) (references.of.${one.key} or [ ]);
      }
    );
  back = lib.elem name (beyond name);
  # Told once, by the first of the circle.
  circle = lib.sort lib.lessThan (lib.filter (one: lib.elem name (beyond one)) (beyond name));
in
lib.concatLists (
  lib.mapAttrsToList (
    variable: value:
    lib.optional (lib.hasPrefix "service:" value) {
      assertion = services ? ${lib.removePrefix "service:" value};
      message = "${at}.environment.${variable} = \"${value}\": there is no such service; there are ${lib.concatStringsSep ", " (lib.attrNames services)}";
    }
  ) service.environment
)
++ lib.optional (back && lib.head circle == name) {
  assertion = false;
  message = "${at}.environment: the services ${lib.concatStringsSep ", " circle} name each other in a circle, and each can only find what started before it; let one of them be reached through the load balancer";
}
