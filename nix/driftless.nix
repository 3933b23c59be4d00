# The command line, the part of it that packs images, and the certificates that it carries.
{
  binaries,
  cargoOf,
  pkgs,
}:
let
  root = ../.;
  cargo = cargoOf { src = root; };
  # What speaks to AWS is crates of their own behind a feature: people get it, and images are packed without it, so that
  # they need not be packed again when it changes. Both programs are compiled with the features that it wants of the
  # dependencies, so that those of the packer serve for both.
  build =
    more:
    binaries (
      {
        inherit cargo pkgs;
        src = root;
        programs = [
          {
            package = "driftless";
            binary = "driftless";
          }
        ];
        beside = [ "cloud" ];
        profile = "release";
      }
      // more
    );
  packing = build { optional = false; };
  whole = build {
    features = [ "driftless/aws" ];
    base = packing.artifacts;
  };
  packer = packing.programs.driftless.driftless;
in
{
  inherit packer;
  # With what shells and `man` read, which the program writes itself where it can run.
  driftless =
    if pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform then
      whole.programs.driftless.driftless.overrideAttrs (old: {
        nativeBuildInputs = old.nativeBuildInputs ++ [ pkgs.installShellFiles ];
        postInstall = ''
          for shell in bash fish zsh; do $out/bin/driftless completions $shell > driftless.$shell; done
          installShellCompletion driftless.{bash,fish,zsh}
          mkdir pages && $out/bin/driftless man --out pages
          installManPage pages/*
        '';
      })
    else
      whole.programs.driftless.driftless;

  # Mozilla's roots as Cargo.lock pins them: the same bytes as in a bundle that Cargo built.
  caBundle =
    pkgs.runCommand "ca-bundle.crt"
      {
        nativeBuildInputs = [ packer ];
        meta.description = "The certificates that images trust, as PEM";
      }
      ''
        driftless image ca-bundle > $out
      '';
}
