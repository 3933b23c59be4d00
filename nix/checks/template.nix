# The template, as it comes, makes a bundle with the toolchain of this repository.
{
  inputs,
  library,
  pkgs,
  root,
  system,
}:
let
  flake = import (root + "/templates/default/flake.nix");
  outputs = flake.outputs {
    self = outputs;
    inherit (inputs) nixpkgs;
    # Quickly compiled: what runs is not looked at here. `nix/try-template` compiles what a user gets, and runs it.
    driftless.lib = library // {
      mkProject = arguments: library.mkProject (arguments // { profile = "dev"; });
    };
  };
in
pkgs.runCommand "template-builds"
  {
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "The template, as it comes, makes a bundle";
  }
  ''
    jq . ${outputs.packages.${system}.bundle}/release.json
    touch $out
  ''
