# Packs one static program into an OCI layout, by the packer that `driftless bundle` uses, too.
{ toolchain }:
{
  # For the system that the program runs on.
  pkgs,
  # Of the image, as it appears in the name of the derivation.
  name,
  # Path of the program.
  binary,
  # What a program of a Cargo package was compiled from, for the list that it is to carry: { package, tree }, the latter a file of
  # what `cargo tree` said. Null where it is not known, or there already.
  carried ? null,
  # Files and directories that are added: { "/path/in/the/image" = path; }.
  files ? { },
  # When the image says that it was created, such as 2026-01-31T12:00:00Z.
  created ? null,
  # What packs it, and the certificates that the program trusts, as PEM; by default Mozilla's. Both are of the machine
  # that builds.
  packer ? (toolchain pkgs.buildPackages).packer,
  caBundle ? (toolchain pkgs.buildPackages).caBundle,
  # `zstd`, or `gzip` for what cannot read that.
  compression ? "zstd",
}:
pkgs.buildPackages.runCommand "image-${name}"
  {
    nativeBuildInputs = [ packer ];
    meta.description = "OCI layout of ${name}";
  }
  ''
    driftless image build --binary ${binary} --ca-bundle ${caBundle} --compression ${compression} \
      ${
        pkgs.lib.optionalString (carried != null) "--cargo-tree ${carried.tree} --package ${carried.package}"
      } \
      ${
        pkgs.lib.escapeShellArgs (
          pkgs.lib.mapAttrsToList (path: file: "--file=${path}=${file}") files
          ++ pkgs.lib.optional (created != null) "--created=${created}"
        )
      } \
      --platform linux/${pkgs.stdenv.hostPlatform.go.GOARCH} --out image
    driftless image verify image
    mv image $out
  ''
