# `nix fmt`: what lays out files, and what a project's module says beside it or instead.
{
  pkgs,
  treefmt-nix,
  # A module of treefmt-nix.
  module,
}:
treefmt-nix.lib.evalModule pkgs {
  imports = [ module ];
  projectRootFile = "flake.nix";
  programs = {
    nixfmt.enable = pkgs.lib.mkDefault true;
    rustfmt.enable = pkgs.lib.mkDefault true;
    taplo.enable = pkgs.lib.mkDefault true;
  };
}
