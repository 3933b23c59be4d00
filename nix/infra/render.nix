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
    rendered: last:
    let
      merged =
        rendered: lib.filterAttrsRecursive (_: value: value != null) (lib.recursiveUpdate rendered last);
    in
    # What it gives to a role is among what the role may have.
    merged (lib.recursiveUpdate (lib.recursiveUpdate rendered (bounded (merged rendered))) (exclusive (merged rendered)));

  # Roles that the user adds are bounded, too.
  bounded =
    root:
    lib.optionalAttrs (names.boundary != null) {
      resource.aws_iam_role = lib.mapAttrs (_: _: { permissions_boundary = names.boundary; }) (
        root.resource.aws_iam_role or { }
      );
    };
  exclusive = import ./exclusive.nix { inherit lib; };
in
{
  environment =
    environment:
    withLast (core ((import ./areas.nix { inherit lib; }).aws ++ [ ./environment/aws.nix ]) {
      inherit environment project;
      names = names // names.of environment;
      securityGroups = import ./securitygroups.nix { inherit environment lib; };
      references = import ./references.nix { inherit lib; } environment.services;
    }) environment.terraform;

  foundation =
    environments:
    withLast (core [ ./foundation/aws.nix ] {
      inherit environments names project;
    }) project.foundation.terraform;
}
