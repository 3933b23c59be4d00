# What a rule of a load balancer can hold.
{
  lib,
  at,
  service,
  ...
}:
let
  routing = import ../../routing.nix { inherit lib; };
  inherit (service) hosts routes;
  full = lib.filter (one: routing.wild one > routing.wildcards) (routes ++ hosts);
  # Whoever types the address without a slash means it, too.
  lonely = lib.filter (
    route: lib.hasSuffix "/*" route && route != "/*" && !(lib.elem (lib.removeSuffix "/*" route) routes)
  ) routes;
in
map (one: {
  assertion = false;
  message = "${at}.routes: `${one}` has ${toString (routing.wild one)} wildcards, a rule has at most ${toString routing.wildcards}; use fewer";
}) full
++ [
  {
    assertion = hosts == [ ] || routes != [ ];
    message = "${at}.hosts = ${lib.concatStringsSep ", " hosts}: only limit routes, and there are none; add routes such as \"/*\"";
  }
]
++ map (route: {
  warning = "${at}.routes: `${route}` does not match `${lib.removeSuffix "/*" route}`; add that, too";
}) lonely
