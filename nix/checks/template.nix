# The templates, as they come, make a bundle with the toolchain of this repository: the one for a workspace in one of others.
{
  inputs,
  library,
  pkgs,
  root,
  system,
}:
let
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
              // more
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
    jq . ${bundleOf "default" { }}/release.json
    jq . ${bundleOf "python" { }}/release.json
    jq . ${
      bundleOf "workspace" {
        src = ./projects/files;
        extraFiles = [
          ./projects/files/migrations
          ./projects/files/.sqlx
        ];
      }
    }/release.json
    touch $out
  ''
