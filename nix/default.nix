# The library: what `lib` of the flake offers, and what the flake itself is made with.
{ inputs }:
let
  inherit (inputs) crane treefmt-nix;
  inherit (inputs.nixpkgs) lib;

  evalInfra = args: import ./infra ({ inherit (inputs) terranix; } // args);
  workspace = import ./workspace.nix { inherit lib; };
  cargoOf = import ./cargo.nix { inherit crane lib workspace; };
  binaries = import ./binaries.nix { inherit lib; };
  toolchain = pkgs: import ./driftless.nix { inherit binaries cargoOf pkgs; };
  mkImage = import ./image.nix { inherit toolchain; };
  mkClosureImage = import ./closure-image.nix { inherit toolchain; };
in
{
  inherit evalInfra mkClosureImage mkImage;
  mkPrograms = import ./other-workspace.nix { inherit binaries cargoOf lib; };
  mkProject = import ./project.nix {
    inherit
      binaries
      cargoOf
      crane
      evalInfra
      inputs
      mkClosureImage
      mkImage
      toolchain
      treefmt-nix
      ;
  };
  # For the flake itself; not promised to anybody.
  internal = { inherit cargoOf toolchain; };
}
