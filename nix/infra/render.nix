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
    lib.filterAttrsRecursive (_: value: value != null) (lib.recursiveUpdate rendered last);
in
{
  environment =
    environment:
    withLast (core (import ./files.nix { inherit lib; } ./aws ++ [ ./aws ]) {
      inherit environment project;
      names = names // names.of environment;
      references = import ./references.nix { inherit lib; } environment.services;
    }) environment.terraform;

  foundation =
    environments:
    withLast (core [ ./foundation ] {
      inherit environments names project;
    }) project.foundation.terraform;
}
