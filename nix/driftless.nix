# The command line, the part of it that packs images, and the certificates that it carries.
{
  binaries,
  pkgs,
  workspace,
}:
let
  root = ../.;
  crate = root + "/crates/driftless";
  build =
    more:
    (binaries (
      {
        inherit pkgs;
        src = root;
        packages = [ "driftless" ];
        profile = "release";
      }
      // more
    )).driftless;

  # What speaks to AWS is a feature: people get it, and images are packed without it, so that they need not be packed
  # again when it changes.
  aws = (workspace root).crates.driftless.manifest.features or { } ? aws;
  packer = build {
    unused = [
      (crate + "/src/aws")
      (crate + "/src/aws.rs")
    ];
  };
in
{
  inherit packer;
  driftless = if aws then build { features = [ "aws" ]; } else packer;

  # Mozilla's roots as Cargo.lock pins them: the same bytes as in a bundle that Cargo built.
  caBundle =
    pkgs.runCommand "ca-bundle.crt"
      {
        nativeBuildInputs = [ packer ];
        meta.description = "The certificates that images trust, as PEM";
      }
      ''
        driftless image ca-bundle > $out
      '';
}
