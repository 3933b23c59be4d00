# docs/architecture.md shows the crates' dependencies as they are.
{
  lib,
  pkgs,
  root,
  # What each of the crates needs, by name.
  needs,
}:
let
  # Those that need none are in no line.
  lines = lib.concatStrings (
    lib.mapAttrsToList (
      name: others:
      lib.optionalString (
        others != [ ]
      ) "${name} -> ${lib.concatStringsSep ", " (lib.naturalSort others)}\n"
    ) needs
  );
in
pkgs.runCommand "crates-depend-as-documented"
  {
    inherit lines;
    meta.description = "docs/architecture.md shows how the crates depend on each other";
  }
  ''
    # The block under `## Crates`, without what aligns it.
    sed -n '/^## Crates/,/^## /p' ${root + "/docs/architecture.md"} | sed -n '/^```/,/^```/p' | grep -v '^```' |
      tr -s ' ' | sort > documented
    diff -u documented <(printf %s "$lines" | sort) || {
      echo 'the crates depend on each other as the lines with a plus say; docs/architecture.md does not' >&2
      exit 1
    }
    touch $out
  ''
