# The programs of a stack's services, for the system of a package set: those that were given, and those of the workspace.
{
  lib,
  binaries,
  src,
  profile,
  # The crates of the workspace in `src`, by name.
  crates,
  # The packages that services run.
  wanted,
  # pkgs: { package = derivation; }
  programs,
}:
pkgs:
let
  given = programs pkgs;
  compiled =
    (binaries {
      inherit pkgs profile src;
      packages = lib.filter (name: !(given ? ${name}) && crates ? ${name}) wanted;
    }).programs;
  unknown =
    name:
    throw ''
      infra.nix: a service runs the package `${name}`, which is no crate of the workspace and not in `programs`.
      Packages: ${lib.concatStringsSep ", " (lib.attrNames (crates // given))}'';
in
lib.genAttrs wanted (
  name: given.${name} or (if crates ? ${name} then compiled.${name} else unknown name)
)
