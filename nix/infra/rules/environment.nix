# What must hold for an environment as a whole.
{
  lib,
  at,
  environment,
  project,
  ...
}:
let
  # driftless calls the bucket of a root's state so.
  bucket = "${project.project}-driftless-000000000000-${environment.region}";
  longest = 63;
  over = lib.stringLength bucket - longest;
in
[
  {
    assertion = over <= 0;
    message = "project = \"${project.project}\": the state bucket in ${environment.region}, of ${at}region, would have a name of ${toString (lib.stringLength bucket)} characters, S3 allows ${toString longest}; make it ${toString over} shorter";
  }
  {
    assertion = !lib.hasPrefix "internal-" environment.prefix;
    message = "project = \"${project.project}\": AWS keeps names of load balancers that begin with `internal-`, as in ${lib.removeSuffix "." at}, for itself; call the project something else";
  }
]
++ map (name: {
  assertion = project.services ? ${name};
  message = "${at}services.${name}: there is no such service; there are ${lib.concatStringsSep ", " (lib.attrNames project.services)}";
}) environment.overridden
