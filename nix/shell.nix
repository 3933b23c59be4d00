# `nix develop`: what working on a project needs. `light` leaves out what is large.
{
  lib,
  pkgs,
  crane,
  # How Cargo is run: ./cargo.nix. Null if there is no workspace.
  cargo,
  # What both have, and what the light one lacks.
  packages,
  large,
}:
let
  inherit
    (
      if cargo == null then
        {
          env = { };
          nativeBuildInputs = [ ];
          buildInputs = [ ];
          craneLib = crane.mkLib pkgs;
        }
      else
        cargo.shell pkgs
    )
    buildInputs
    craneLib
    env
    nativeBuildInputs
    ;
  inherit (pkgs.stdenv) hostPlatform cc;

  shell =
    name: description: more:
    craneLib.devShell (
      env
      # For rust-analyzer: the sources of the standard library.
      // lib.optionalAttrs (pkgs.rustc.unwrapped.src or null != null) {
        RUST_SRC_PATH = "${pkgs.rustPlatform.rustLibSrc}";
      }
      // {
        inherit name;
        meta = { inherit description; };
        packages = [
          pkgs.cargo-nextest
          pkgs.jq
          pkgs.rust-analyzer
          pkgs.skopeo
        ]
        ++ nativeBuildInputs
        ++ packages
        ++ more;
        # `driftless up` and `bundle` link static programs, which takes the C library as an archive.
        buildInputs =
          buildInputs
          ++ lib.optional (hostPlatform.isGnu && cc.libc != null) (lib.getOutput "static" cc.libc);
      }
    );
in
{
  default = shell "driftless" "What working on the project needs" large;
  light = shell "driftless-light" "Rust alone, and what its builds need" [ ];
}
