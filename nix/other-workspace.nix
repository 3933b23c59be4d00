# The programs of another Cargo workspace, for `programs` of mkProject: a repository may have several.
{
  lib,
  binaries,
  cargoOf,
}:
{
  # As `programs` is given it.
  pkgs,
  # The workspace, as a path.
  src,
  # Names of packages that have a program of the same name.
  packages,
  profile ? "release",
  extraFiles ? [ ],
  # As mkProject takes it.
  cargo ? { },
}:
lib.mapAttrs (package: made: made.${package})
  (binaries {
    inherit pkgs profile src;
    cargo = cargoOf ({ inherit extraFiles src; } // cargo);
    programs = map (package: {
      inherit package;
      binary = package;
    }) packages;
  }).programs
