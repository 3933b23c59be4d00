# What is committed is what Nix makes.
{
  lib,
  pkgs,
  generated,
  root,
}:
let
  kept = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions [
      (root + "/docs/options.md")
      (root + "/nix/checks/infra/mistakes.txt")
      (root + "/nix/rendered")
      (lib.fileset.fileFilter (file: file.hasExt "json") (root + "/nix/golden/stacks"))
    ];
  };
in
pkgs.runCommand "generated-files-are-current"
  { meta.description = "What nix/render would write is there already"; }
  ''
    diff -ru ${kept} ${generated} || {
      echo "some files are not what Nix makes of their sources: run nix/render" >&2
      exit 1
    }
    touch $out
  ''
