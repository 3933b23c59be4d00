# What bench/closure/run compares: images of one closure, by this project and by nixpkgs' dockerTools.
#
# The closure is made up, so that it is the same everywhere: a program and a page, 40 paths that need each other, 2 MB each.
{
  flake,
  # A `driftless` to pack with, if not the flake's own.
  packer ? "",
  page ? "one",
}:
let
  pkgs = flake.inputs.nixpkgs.legacyPackages.${builtins.currentSystem};
  inherit (pkgs) lib;
  packed =
    if packer == "" then
      flake.packages.${builtins.currentSystem}.driftless
    else
      pkgs.runCommand "driftless" { } ''
        mkdir -p $out/bin
        cp ${builtins.path { path = packer; }} $out/bin/driftless
      '';
  path =
    at:
    pkgs.runCommand "path-${toString at}"
      { needs = lib.optionals (at > 1) [ (path (at / 2)) ] ++ lib.optional (at > 2) (path (at - 1)); }
      ''
        mkdir -p $out/lib
        awk -v seed=${toString at} 'BEGIN { srand(seed); for (i = 0; i < 200000; i++) print int(rand() * 1e9) }' > $out/lib/data
        echo $needs > $out/needs
      '';
  contents = [
    (pkgs.runCommand "web" { inherit page; } ''
      mkdir -p $out/bin $out/share/web
      printf '#!/bin/sh\n# ${path 40}\n' > $out/bin/web
      chmod +x $out/bin/web
      printf %s "$page" > $out/share/web/page
    '')
  ];
  toolchain = pkgs: {
    packer = packed;
    caBundle = pkgs.runCommand "ca-bundle.crt" { nativeBuildInputs = [ packed ]; } ''
      driftless image ca-bundle > $out
    '';
  };
  closure =
    compression:
    import ../../nix/closure-image.nix { inherit toolchain; } {
      inherit compression contents pkgs;
      name = "bench";
      config.entrypoint = [ "web" ];
    };
  dockerTools = {
    inherit contents;
    name = "bench";
    tag = "bench";
    maxLayers = 64;
    config.Entrypoint = [ "web" ];
  };
in
{
  zstd = closure "zstd";
  gzip = closure "gzip";
  layered = pkgs.dockerTools.buildLayeredImage dockerTools;
  stream = pkgs.dockerTools.streamLayeredImage dockerTools;
}
