# What must hold for an environment as a whole.
{ lib }:
{
  environment =
    {
      at,
      environment,
      neighbours,
      project,
      ...
    }:
    let
      # driftless calls the bucket of a root's state so.
      bucket = "${project.project}-driftless-000000000000-${environment.region}";
      longest = 63;
      longestPrefix = 50;
      over = lib.stringLength bucket - longest;
      # What task definitions and roles are called by.
      called =
        one:
        map (service: "${one.prefix}-${service}") (lib.attrNames one.services);
      twice = lib.concatMap (
        other: map (name: { inherit name other; }) (lib.intersectLists (called environment) (called other))
      ) neighbours;
    in
    [
      {
        assertion = over <= 0;
        message = "project = \"${project.project}\": the state bucket in ${environment.region}, of ${at}region, would have a name of ${toString (lib.stringLength bucket)} characters, S3 allows ${toString longest}; make it ${toString over} shorter";
      }
      {
        # Roles, file systems and others have names of 64 characters, and are told apart by what comes after.
        assertion = lib.stringLength environment.prefix <= longestPrefix;
        message = "${lib.removeSuffix "." at}: `${environment.prefix}`, by which everything in it is called, has ${toString (lib.stringLength environment.prefix)} characters; use shorter names of project and environment, ${toString longestPrefix} together with the hyphen";
      }
      {
        assertion = !lib.hasPrefix "internal-" environment.prefix;
        message = "project = \"${project.project}\": AWS keeps names of load balancers that begin with `internal-`, as in ${lib.removeSuffix "." at}, for itself; call the project something else";
      }
      {
        assertion = !lib.hasPrefix "sg-" environment.prefix;
        message = "project = \"${project.project}\": AWS keeps names of security groups that begin with `sg-`, as in ${lib.removeSuffix "." at}, for itself; call the project something else";
      }
    ]
    ++ map (one: {
      assertion = false;
      message = "${lib.removeSuffix "." at}: `${one.name}` is also what something in `environments.${one.other.name}` is called; give one of them another name, or say by `account` that they are in different ones";
    }) twice
    ++ map (name: {
      assertion = project.services ? ${name};
      message = "${at}services.${name}: there is no such service; there are ${lib.concatStringsSep ", " (lib.attrNames project.services)}";
    }) environment.overridden;
}
