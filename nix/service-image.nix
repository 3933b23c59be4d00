# The image of a service, as its `image` says: of one program, of a closure, or what something else has built. null is an image
# in a registry, which no build can ask for.
{
  lib,
  mkImage,
  mkClosureImage,
  packer,
  caBundle,
  # The project, as a path.
  src,
}:
{
  # For the system that the image runs on.
  pkgs,
  name,
  service,
  # The program, if the image is of one.
  program,
}:
let
  inherit (service) image;
  inherit (image) created;
  files =
    lib.mapAttrs (_: file: src + "/${file}") image.files
    // lib.optionalAttrs image.timeZones {
      "/usr/share/zoneinfo" = "${pkgs.buildPackages.tzdata}/share/zoneinfo";
    };
  common = {
    inherit
      caBundle
      created
      files
      name
      packer
      pkgs
      ;
  };
  adopted =
    layout:
    pkgs.buildPackages.runCommand "image-${name}"
      {
        nativeBuildInputs = [ packer ];
        meta.description = "OCI layout of ${name}, which something else has built";
      }
      ''
        driftless image adopt ${layout} --platform linux/${pkgs.stdenv.hostPlatform.go.GOARCH} --out image
        mv image $out
      '';
in
if image.reference != null then
  null
else if image.contents != null then
  mkClosureImage (
    common
    // {
      inherit (image) config layers;
      inherit (service) user;
      contents = image.contents pkgs;
    }
  )
else if builtins.isString image.layout then
  adopted (src + "/${image.layout}")
else if image.layout != null then
  adopted (image.layout pkgs)
else
  mkImage (
    common
    // {
      binary = "${program}/bin/${service.binary}";
      carried = program.carried or null;
    }
  )
