# What things are called on AWS. Most names are unique in an account and region, so they hold project and environment.
{ lib, project }:
let
  # Where roles are. No name has a slash in it, so that `items` in `dev` ends where a project `items-dev` begins.
  path = "/driftless/${project.project}/";
  # What load balancers and target groups may have: a name that is too long ends in a hash of itself.
  short =
    limit: name:
    let
      hash = lib.substring 0 6 (builtins.hashString "sha256" name);
      kept = lib.removeSuffix "-" (lib.substring 0 (limit - 7) name);
    in
    if lib.stringLength name <= limit then name else "${kept}-${hash}";
in
{
  inherit path short;
  partition =
    region:
    if lib.hasPrefix "cn-" region then
      "aws-cn"
    else if lib.hasPrefix "us-gov-" region then
      "aws-us-gov"
    else
      "aws";
  # The policy `foundation.permissionsBoundary` names, or null.
  boundary =
    let
      inherit (project.foundation) permissionsBoundary;
    in
    if permissionsBoundary == null then
      null
    else
      "arn:aws:iam::\${data.aws_caller_identity.current.account_id}:policy/${permissionsBoundary}";
  accessLogs = environment: account: "${short 32 environment.prefix}-access-logs-${account}";
  repository = service: "${project.project}/${service}";
  # No name has a slash in it, so that it is no other project's.
  signingKey = "alias/${project.project}/signatures";

  of = environment: {
    path = "${path}${environment.name}/";
    family = service: "${environment.prefix}-${service}";
    logGroup = service: "/ecs/${project.project}/${environment.name}/${service}";
    secret = service: variable: "${project.project}/${environment.name}/${service}/${variable}";
    loadBalancer = short 32 environment.prefix;
    # `suffix` tells apart the two groups of a service that moves from one to the other.
    targetGroup =
      suffix: service: short (32 - lib.stringLength suffix) "${environment.prefix}-${service}" + suffix;
    role = kind: service: short 64 "${environment.prefix}-${service}-${kind}";
  };
}
