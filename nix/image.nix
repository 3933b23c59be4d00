# Packs one static program into an OCI layout, by the packer that `driftless bundle` uses, too.
{ toolchain }:
{
  # For the system that the program runs on.
  pkgs,
  # Of the image, as it appears in the name of the derivation.
  name,
  # Path of the program.
  binary,
  # Certificates that the program trusts, as PEM; by default Mozilla's.
  caBundle ? (toolchain pkgs).caBundle,
  # `zstd`, or `gzip` for what cannot read that.
  compression ? "zstd",
}:
pkgs.runCommand "image-${name}"
  {
    nativeBuildInputs = [ (toolchain pkgs.buildPackages).packer ];
    meta.description = "OCI layout of ${name}";
  }
  ''
    driftless image build --binary ${binary} --ca-bundle ${caBundle} --compression ${compression} \
      --platform linux/${pkgs.stdenv.hostPlatform.go.GOARCH or pkgs.go.GOARCH} --out image
    driftless image verify image
    mv image $out
  ''
