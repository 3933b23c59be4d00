# One check for each program that `nix fmt` runs: it finds nothing to do. Apart from each other, so that the name of the
# one that fails says what is wrong.
{
  lib,
  pkgs,
  root,
  treefmt,
}:
let
  # A pattern without a star is the path of one file.
  test = pattern: if lib.hasInfix "*" pattern then "-name '${pattern}'" else "-path './${pattern}'";

  check =
    name:
    {
      command,
      options,
      includes,
      ...
    }:
    lib.nameValuePair "${name}-has-nothing-to-do" (
      pkgs.runCommand "${name}-has-nothing-to-do" { meta.description = "${name} has nothing to do"; } ''
        cp -r --no-preserve=mode ${root} tree && cd tree
        find . -type f \( ${lib.concatMapStringsSep " -o " test includes} \) -print0 |
          xargs -0 --no-run-if-empty ${command} ${lib.escapeShellArgs options}
        diff -ru ${root} . || {
          echo 'run `nix fmt`' >&2
          exit 1
        }
        touch $out
      ''
    );
in
lib.mapAttrs' check treefmt.config.settings.formatter
