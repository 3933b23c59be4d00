# What is committed is what infra.nix says.
{
  lib,
  pkgs,
  src,
  rendered,
}:
let
  committed = src + "/nix/rendered";
in
# A project may leave it out: only builds by Cargo read it.
lib.optionalAttrs (builtins.pathExists committed) {
  rendered-is-current =
    pkgs.runCommand "rendered-is-current"
      {
        nativeBuildInputs = [ pkgs.jq ];
        meta.description = "nix/rendered is what infra.nix says";
      }
      ''
        # How the JSON is laid out is of no interest.
        sorted() {
          (cd "$1" && find . -name '*.json' -exec sh -c 'mkdir -p "$0/$(dirname "$1")" && jq -S . "$1" > "$0/$1"' "$2" {} \;)
        }
        mkdir committed says
        sorted ${committed} "$PWD/committed"
        sorted ${rendered} "$PWD/says"
        diff -ru committed says || {
          echo 'nix/rendered is not what infra.nix says: run nix/render' >&2
          exit 1
        }
        touch $out
      '';
}
