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
    driftless.lib = library;
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
