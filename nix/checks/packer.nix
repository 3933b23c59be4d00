# The packer, as Nix builds it, makes of the same program the same image as ever, for either architecture; and an index of
# both is what other tools take for one.
{
  lib,
  packer,
  pkgs,
}:
let
  program = import ./smallest-program.nix { inherit lib; };
  layout =
    architecture: machine:
    pkgs.runCommand "smallest-${architecture}" { nativeBuildInputs = [ packer ]; } ''
      printf '${program machine}' > program
      driftless image ca-bundle > certificates
      driftless image build --binary program --ca-bundle certificates --platform linux/${architecture} --out $out
    '';
  layouts = {
    amd64 = layout "amd64" "\\76";
    arm64 = layout "arm64" "\\267";
  };
  index = import ../image-index.nix { inherit pkgs; } {
    name = "smallest";
    layouts = lib.attrValues layouts;
  };
in
pkgs.runCommand "packer-makes-the-golden-images"
  {
    nativeBuildInputs = [
      pkgs.jq
      pkgs.skopeo
    ];
    meta.description = "The packer makes the images with the golden digests, for each architecture and as an index";
  }
  ''
    digest() { jq --raw-output --arg name "$1" '"\($name) \(.manifests[0].digest)"' "$2/index.json"; }
    {
      digest linux/amd64 ${layouts.amd64}
      digest linux/arm64 ${layouts.arm64}
      digest index ${index}
    } > digests
    diff -u ${../golden/images} digests || {
      echo "the digests are others; if that is meant: put the lines with a plus into nix/golden/images" >&2
      exit 1
    }

    HOME=$TMPDIR skopeo --tmpdir "$TMPDIR" --insecure-policy copy --quiet --all --preserve-digests oci:${index} oci:copy
    digest index copy | diff <(tail -n 1 digests) -
    touch $out
  ''
