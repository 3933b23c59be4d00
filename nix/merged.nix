# Packages of a project beside those that every project has. The latter win, aloud.
{ lib }:
theirs: ours:
let
  hidden = lib.attrNames (lib.intersectAttrs ours theirs);
in
lib.warnIf (hidden != [ ])
  "the packages ${lib.concatStringsSep ", " hidden} of the workspace are not in `packages`, which has something else by that name"
  (theirs // ours)
