# The command line as a package of nixpkgs, made with that nixpkgs.
{ library }:
final: _: {
  inherit (library.internal.toolchain final) driftless;
}
