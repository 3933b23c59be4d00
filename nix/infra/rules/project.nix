# What must hold between a project's parts, whatever the environment.
{ lib, project, ... }:
let
  name = builtins.match "[a-z][a-z0-9-]{0,31}";
  named = kind: set: map (one: {
    assertion = name one != null;
    message = "${kind}.${one}: a name is 1 to 32 of a-z, 0-9 and -, a letter first";
  }) (lib.attrNames set);
in
named "services" project.services ++ named "environments" project.environments
