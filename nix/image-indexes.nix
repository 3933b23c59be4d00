# The image indexes of a stack's services: each names the images of all architectures.
{
  lib,
  pkgs,
  stack,
  # system: service: layout
  layoutsOf,
}:
let
  imageIndex = import ./image-index.nix { inherit pkgs; };
  indexes = lib.mapAttrs (
    name: _:
    imageIndex {
      inherit name;
      layouts = lib.mapAttrsToList (_: layouts: layouts.${name}) layoutsOf;
    }
  ) (lib.filterAttrs (name: _: lib.all (layouts: layouts ? ${name}) (lib.attrValues layoutsOf)) stack.services);
in
pkgs.runCommand "image-indexes-${stack.project}"
  {
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "OCI layouts of all services for every architecture, and indexes.json with their digests";
  }
  (
    lib.concatStrings (
      lib.mapAttrsToList (name: index: ''
        mkdir -p $out
        cp -r --no-preserve=mode ${index} $out/${name}
        jq --arg name ${name} '{ ($name): .manifests[0] | { digest, size } }' ${index}/index.json >> digests
      '') indexes
    )
    + "jq --slurp add digests > $out/indexes.json\n"
  )
