# What `nix fmt` does in this repository beyond what it does in every project.
{ lib, ... }:
{
  programs = {
    deadnix.enable = true;
    shellcheck.enable = true;
    statix.enable = true;
  };
  # Before nixfmt: what it rewrites has to be laid out again.
  settings.formatter.statix.priority = -1;
  settings.formatter.deadnix.priority = -2;
  # By name: they have no ending, and `.envrc` is no script of its own.
  settings.formatter.shellcheck.includes = lib.mkForce [
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
