# The programs of a stack's services, for the system of a package set: those that were given, and those of the workspace.
# pkgs -> { PACKAGE.BINARY = derivation with bin/BINARY; }
{
  lib,
  binaries,
  src,
  profile,
  # How Cargo is run in `src`: ./cargo.nix. Null if there is no workspace.
  cargo,
  # What services run: [ { package, binary } ].
  wanted,
  # pkgs: { package = derivation; }
  programs,
}:
pkgs:
let
  given = programs pkgs;
  crates = if cargo == null then { } else cargo.cargo.crates;
  compiled =
    (binaries {
      inherit cargo pkgs profile src;
      programs = lib.filter ({ package, ... }: !(given ? ${package}) && crates ? ${package}) wanted;
    }).programs;

  listed = names: if names == [ ] then "none" else lib.concatStringsSep ", " names;
  checked =
    { package, binary }:
    let
      binaries = cargo.cargo.binariesOf crates.${package};
    in
    if given ? ${package} then
      given.${package}
    else if !crates ? ${package} then
      throw ''
        infra.nix: a service runs the package `${package}`, which is no crate of the workspace and not in `programs`.
        Packages: ${listed (lib.attrNames (crates // given))}''
    else if !lib.elem binary binaries then
      throw ''
        infra.nix: a service runs the program `${binary}` of the package `${package}`, which has no such program: set `binary`.
        Programs of `${package}`: ${listed binaries}''
    else
      compiled.${package}.${binary};
in
lib.mapAttrs (
  _: wanted: lib.listToAttrs (map (it: lib.nameValuePair it.binary (checked it)) wanted)
) (lib.groupBy (it: it.package) wanted)
