# `nix fmt`, and the check that it has nothing to do.
{ pkgs, treefmt-nix }:
treefmt-nix.lib.evalModule pkgs {
  projectRootFile = "flake.nix";
  programs = {
    deadnix.enable = true;
    nixfmt.enable = true;
    rustfmt.enable = true;
    shellcheck.enable = true;
    statix.enable = true;
    taplo.enable = true;
  };
  # Before nixfmt: what it rewrites has to be laid out again.
  settings.formatter.statix.priority = -1;
  settings.formatter.deadnix.priority = -2;
  # By name: they have no ending, and `.envrc` is no script of its own.
  settings.formatter.shellcheck.includes = pkgs.lib.mkForce [
    ".ci/run"
    "bench/run"
    "check"
    "nix/check"
    "nix/render"
    "nix/try-template"
    "nix/validate"
    "rehearsal/policy"
    "rehearsal/venv"
  ];
}
