# The templates, as they come, make a bundle with the toolchain of this repository: the one for a workspace in one of others.
{
  inputs,
  library,
  pkgs,
  root,
  system,
}:
let
  program = import ./smallest-program.nix { inherit (pkgs) lib; } (
    if pkgs.stdenv.hostPlatform.isx86_64 then "\\76" else "\\267"
  );
  # In the place of a module of Go: no other check needs that compiler.
  buildGoModule =
    { pname, env, ... }:
    assert env.CGO_ENABLED == 0;
    pkgs.runCommand pname { } ''
      mkdir -p $out/bin
      printf '${program}' > $out/bin/${pname}
    '';

  # A template, with `more arguments` in addition to those of its flake.
  bundleOf =
    name: more:
    let
      outputs = (import (root + "/templates/${name}/flake.nix")).outputs {
        self = outputs;
        inherit (inputs) nixpkgs;
        # Quickly compiled: what runs is not looked at here. `nix/try-template` compiles what a user gets, and runs it.
        driftless.lib = library // {
          mkProject =
            arguments:
            library.mkProject (
              {
                infra = root + "/templates/${name}/infra.nix";
              }
              // arguments
              // more arguments
              // {
                profile = "dev";
              }
            );
        };
      };
    in
    outputs.packages.${system}.bundle;
in
pkgs.runCommand "template-builds"
  {
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "The templates, as they come, make a bundle";
  }
  ''
    jq . ${bundleOf "default" (_: { })}/release.json
    jq . ${bundleOf "python" (_: { })}/release.json
    jq . ${
      bundleOf "go" (arguments: {
        programs = pkgs: arguments.programs (pkgs // { inherit buildGoModule; });
      })
    }/release.json
    jq . ${
      bundleOf "workspace" (_: {
        src = ./projects/files;
        extraFiles = [
          ./projects/files/migrations
          ./projects/files/.sqlx
        ];
      })
    }/release.json
    touch $out
  ''
