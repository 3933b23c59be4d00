# An image index over layouts of one image for several platforms, as a layout: one digest that each platform can pull.
{ pkgs }:
{
  # As it appears in the name of the derivation.
  name,
  # One layout for each platform.
  layouts,
}:
let
  type = "application/vnd.oci.image.index.v1+json";
in
pkgs.runCommand "index-${name}"
  {
    inherit layouts;
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "OCI layout of ${name} for every architecture";
  }
  ''
    mkdir -p $out/blobs/sha256
    inputs=()
    for layout in $layouts; do
      cp --no-preserve=mode "$layout/oci-layout" $out/
      # What the images share is there once.
      for blob in "$layout"/blobs/sha256/*; do
        [[ -e $out/blobs/sha256/''${blob##*/} ]] || cp --no-preserve=mode "$blob" $out/blobs/sha256/
      done
      inputs+=("$layout/index.json")
    done

    jq --slurp --compact-output --join-output --arg type ${type} \
      '{ schemaVersion: 2, mediaType: $type, manifests: map(.manifests[] | del(.annotations)) }' "''${inputs[@]}" > index
    digest=$(sha256sum index | cut -d ' ' -f 1)
    jq --null-input --compact-output --join-output --arg type ${type} --arg digest "sha256:$digest" \
      --argjson size "$(stat --format %s index)" \
      '{ mediaType: $type, digest: $digest, size: $size, annotations: { "org.opencontainers.image.ref.name": "latest" } }
        | { schemaVersion: 2, mediaType: $type, manifests: [.] }' > $out/index.json
    mv index "$out/blobs/sha256/$digest"
  ''
