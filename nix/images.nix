# The images of a stack's services together, and the bundle of them with what infra.nix says.
{
  lib,
  # The package set of the machine that builds, and its packer.
  pkgs,
  packer,
  stack,
  # What infra.nix says, as files: stack.json, and config.tf.json of each Terraform root.
  rendered,
  # The commit, if it is known: `self.rev or self.dirtyRev or null` of a flake.
  revision ? null,
  # The files that pin what they are built from, by their names.
  locks ? { },
  # The layout of each service's image.
  layouts,
}:
let
  bundle =
    pkgs.runCommand "bundle-${stack.project}"
      {
        nativeBuildInputs = [ packer ];
        meta.description = "release.json, stack.json, the images and the Terraform roots of ${stack.project}";
      }
      ''
        driftless bundle --stack ${rendered}/stack.json --out bundle ${
          lib.optionalString (revision != null) "--revision ${revision}"
        } ${
          lib.concatStringsSep " " (lib.mapAttrsToList (name: file: "--lock ${name}=${file}") locks)
        } ${
          lib.concatStringsSep " " (lib.mapAttrsToList (name: layout: "--image ${name}=${layout}") layouts)
        }
        mv bundle $out
        for root in ${rendered}/*/; do
          [[ -d $root ]] || continue
          mkdir -p $out/terraform
          cp -r --no-preserve=mode "$root" $out/terraform/
        done
      '';

  images =
    pkgs.runCommand "images-${stack.project}"
      {
        nativeBuildInputs = [ pkgs.jq ];
        meta.description = "OCI layouts of all services, and images.json with their digests";
      }
      ''
        cp -r --no-preserve=mode ${bundle}/images $out
        jq .images ${bundle}/release.json > $out/images.json
      '';
in
{
  inherit bundle images;
}
