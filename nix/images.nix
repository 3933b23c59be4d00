# The images of a stack's services, alone and together, and the bundle of them with the stack.
{
  lib,
  mkImage,
  # The package set of the system that the images run on, and its command line.
  pkgs,
  driftless,
  stack,
  # Where the program of a package is.
  binaryOf,
}:
let
  layouts = lib.mapAttrs (
    name: service:
    mkImage {
      inherit name pkgs;
      binary = binaryOf service.package;
    }
  ) stack.services;

  stackFile =
    pkgs.runCommand "stack.json"
      {
        json = builtins.toJSON stack;
        passAsFile = [ "json" ];
        nativeBuildInputs = [ pkgs.jq ];
        meta.description = "What infra.nix says, as the command line reads it";
      }
      ''
        jq . "$jsonPath" > $out
      '';

  bundle =
    pkgs.runCommand "bundle-${stack.project}"
      {
        nativeBuildInputs = [ driftless ];
        meta.description = "release.json, stack.json and the images of ${stack.project}";
      }
      ''
        driftless bundle --stack ${stackFile} --out bundle ${
          lib.concatStringsSep " " (lib.mapAttrsToList (name: layout: "--image ${name}=${layout}") layouts)
        }
        mv bundle $out
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
  inherit bundle images layouts;
  stack = stackFile;
}
