# The command line, and the certificates that it carries.
{ binaries, pkgs }:
let
  inherit
    (binaries {
      inherit pkgs;
      src = ../.;
      packages = [ "driftless" ];
      profile = "release";
    })
    driftless
    ;
in
{
  inherit driftless;

  # Mozilla's roots as Cargo.lock pins them: the same bytes as in a bundle that Cargo built.
  caBundle =
    pkgs.runCommand "ca-bundle.crt"
      {
        nativeBuildInputs = [ driftless ];
        meta.description = "The certificates that images trust, as PEM";
      }
      ''
        driftless image ca-bundle > $out
      '';
}
