# What must hold between a project's parts, whatever the environment.
{ lib, project }:
let
  typed = import ../types.nix { inherit lib; };
  named =
    kind: set:
    map (one: {
      assertion = typed.name.problem one == null;
      message = "${kind}.${one}: the name ${typed.name.problem one}; call it something else";
    }) (lib.attrNames set);
  taken =
    kind: names: set:
    map (one: {
      assertion = !(set ? ${one});
      message = "${kind}.${one}: the name is taken by a part of every stack; call it something else";
    }) names;
in
named "services" project.services
++ named "environments" project.environments
# Names of security groups, rules and log groups beside those of the services.
++ taken "services" [
  "cache"
  "database"
  "endpoints"
  "loadbalancer"
  "s3"
  "storage"
  "waf"
] project.services
++ taken "environments" [ "foundation" ] project.environments
