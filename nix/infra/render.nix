# What infra.nix says, as Terraform: plain data for a config.tf.json per root.
{
  lib,
  terranix,
  project,
}:
let
  names = import ./names.nix { inherit lib project; };

  # terranix's core wants a package set for helpers that are not used here.
  core =
    modules: extraArgs:
    (import (terranix + "/core") {
      pkgs = { inherit lib; };
      inherit extraArgs modules;
    }).config;

  # The user's word is the last. A null takes away.
  withLast =
    path: rendered: last:
    let
      merged =
        rendered: lib.filterAttrsRecursive (_: value: value != null) (lib.recursiveUpdate rendered last);
    in
    # What it gives to a role is among what the role may have.
    merged (lib.recursiveUpdate (lib.recursiveUpdate rendered (placed path (merged rendered))) (exclusive (merged rendered)));

  # Roles that the user adds are in the same place, and bounded, too.
  placed =
    path: root:
    lib.optionalAttrs (root ? resource.aws_iam_role) {
      resource.aws_iam_role = lib.mapAttrs (
        _: _:
        { inherit path; }
        // lib.optionalAttrs (names.boundary != null) { permissions_boundary = names.boundary; }
      ) root.resource.aws_iam_role;
    };
  exclusive = import ./exclusive.nix { inherit lib; };
in
{
  environment =
    environment:
    let
      own = (import ./areas.nix { inherit lib; }).aws ++ [ ./environment/aws.nix ];
    in
    withLast (names.of environment).path (core (own ++ environment.modules) {
      inherit environment project;
      names = names // names.of environment;
      securityGroups = import ./securitygroups.nix { inherit environment lib; };
      references = import ./references.nix { inherit lib; } environment.services;
    }) environment.terraform;

  foundation =
    environments:
    withLast names.path (core [ ./foundation/aws.nix ] {
      inherit environments names project;
    }) project.foundation.terraform;
}
