# What must hold for every image.
{
  lib,
  pkgs,
  packer,
  # By service: all, those of one program and nothing else, and of these those whose program is a crate.
  layouts,
  ofPrograms,
  ofCrates,
}:
let
  # Bytes that an image may weigh beyond its compressed program: certificates, users, the three documents.
  overhead = 131072;

  eachImage =
    name:
    {
      description,
      script,
      checked ? ofPrograms,
    }:
    pkgs.runCommand name
      {
        meta = { inherit description; };
        nativeBuildInputs = [
          packer
          pkgs.binutils
          pkgs.jq
          pkgs.python3
          pkgs.skopeo
          pkgs.zstd
        ];
      }
      (
        lib.concatMapStrings (service: ''
          service=${service} image=${checked.${service}}
          ${script}
        '') (lib.attrNames checked)
        + "touch $out\n"
      );
in
lib.mapAttrs eachImage {
  images-are-whole = {
    description = "Everything in each image agrees with everything else in it";
    checked = layouts;
    script = ''
      # What was built elsewhere may be anything that OCI allows.
      ${lib.toShellVar "strict" (lib.mapAttrs (_: _: "1") ofPrograms)}
      if [[ -v strict[$service] ]]; then
        driftless image verify "$image"
      else
        driftless image adopt "$image" --out "whole-$service"
      fi
    '';
  };

  images-can-be-copied-by-skopeo = {
    description = "skopeo copies each image, and keeps its digest";
    script = ''
      HOME=$TMPDIR skopeo --tmpdir "$TMPDIR" --insecure-policy copy --quiet --preserve-digests "oci:$image" "oci:copy-$service"
      diff <(jq -r '.manifests[0].digest' "$image/index.json") <(jq -r '.manifests[0].digest' "copy-$service/index.json")
    '';
  };

  images-hold-one-program-and-no-store-path = {
    description = "Each image holds the expected files, and no path of the store";
    # Others name paths of the store that they can do without: Go's standard library does.
    checked = ofCrates;
    script = ''
      driftless image inspect --json "$image" > inspection
      diff ${./golden/image-files} <(jq -r '.layers[].files[] | "\(.path) \(.mode) \(.uid):\(.gid)"' inspection)
      for blob in "$image"/blobs/sha256/*; do
        if (zstd --decompress --stdout "$blob" 2>/dev/null || cat "$blob") | grep -aq ${builtins.storeDir}/; then
          echo "the image of $service names a store path, in blob $blob" >&2
          exit 1
        fi
      done
    '';
  };

  programs-carry-the-list-of-their-packages = {
    description = "Each program that is a crate says what it was compiled from, in the format of cargo-auditable";
    checked = ofCrates;
    script = ''
      layer=$(driftless image inspect --json "$image" | jq -r '.layers[1].digest')
      zstd --decompress --stdout "$image/blobs/sha256/''${layer#sha256:}" | tar --extract --to-stdout bin/app > app
      objcopy --dump-section .dep-v0=list app copy
      python3 -c 'import zlib; print(zlib.decompress(open("list", "rb").read()).decode())' > packages
      jq -e '[.packages[] | select(.root)] | length == 1' packages
    '';
  };

  images-share-the-base-layer = {
    description = "The images have one base layer, the golden one";
    script = ''
      driftless image inspect --json "$image" | jq -r '.layers[0].digest' > base
      diff ${./golden/base-layer} base || {
        echo "the base layer of $service is another; if that is meant: cp $PWD/base nix/golden/base-layer" >&2
        exit 1
      }
    '';
  };

  images-add-little-to-their-program = {
    description = "An image weighs little more than its compressed program";
    script = ''
      extra=$(driftless image inspect --json "$image" | jq '.size - .layers[1].size')
      echo "$service: $extra bytes beside the program"
      (( extra < ${toString overhead} ))
    '';
  };
}
