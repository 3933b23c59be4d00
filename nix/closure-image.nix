# Packs packages with everything that they need into an OCI layout, in layers that images share (crates/oci/src/closure.rs).
{ toolchain }:
{
  # For the system that the image runs on.
  pkgs,
  # Of the image, as it appears in the name of the derivation.
  name,
  # Packages, and other paths of the store.
  contents,
  # How it is started.
  config ? { },
  user ? "65532:65532",
  # Most layers.
  layers ? 64,
  # Further files: { "/path/in/the/image" = path; }.
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
let
  inherit (pkgs) lib;
  # A directory of the project becomes a path of the store.
  paths = map (content: "${content}") contents;
  start = {
    entrypoint = [ ];
    cmd = [ ];
    env = { };
    workingDir = "/";
  }
  // config
  // {
    inherit user;
  };
in
pkgs.buildPackages.runCommand "image-${name}"
  {
    __structuredAttrs = true;
    # What the image holds is in it; nothing of it has to stay in the store.
    unsafeDiscardReferences.out = true;
    exportReferencesGraph.closure = paths;
    nativeBuildInputs = [
      packer
      pkgs.buildPackages.jq
    ];
    inherit start;
    meta.description = "OCI layout of ${name}";
  }
  ''
    jq .closure "$NIX_ATTRS_JSON_FILE" > closure.json
    jq .start "$NIX_ATTRS_JSON_FILE" > start.json
    driftless image closure ${lib.escapeShellArgs paths} --closure closure.json --config start.json \
      --ca-bundle ${caBundle} --compression ${compression} --layers ${toString layers} \
      ${
        lib.escapeShellArgs (
          lib.mapAttrsToList (path: file: "--file=${path}=${file}") files
          ++ lib.optional (created != null) "--created=${created}"
        )
      } \
      --platform linux/${pkgs.stdenv.hostPlatform.go.GOARCH} --out image
    mv image $out
  ''
