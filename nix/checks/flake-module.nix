# The module for flake-parts gives the outputs that `mkProject` gives.
{
  lib,
  pkgs,
  library,
  own,
  revision,
  root,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  # As much of flake-parts as the module relies on.
  host = {
    options = {
      flake = lib.mkOption { type = lib.types.lazyAttrsOf lib.types.raw; };
      systems = lib.mkOption { type = lib.types.listOf lib.types.str; };
    };
    config.systems = [ system ];
  };
  evaluated = lib.evalModules {
    modules = [
      host
      (import ../flake-module.nix { inherit library; })
      {
        driftless.src = root;
        driftless.arguments = { inherit revision; };
      }
    ];
  };
  inherit (evaluated.config.flake.packages.${system}) bundle;
in
assert lib.assertMsg (
  bundle.drvPath == own.bundle.drvPath
) "the module's bundle is another than mkProject's";
pkgs.runCommand "flake-module-works" {
  meta.description = "The module for flake-parts gives what mkProject gives";
} "touch $out"
