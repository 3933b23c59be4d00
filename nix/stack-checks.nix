# What is committed is what infra.nix says.
{
  lib,
  pkgs,
  src,
  stack,
}:
let
  committed = src + "/nix/rendered/stack.json";
in
# A project may leave it out: only builds by Cargo read it.
lib.optionalAttrs (builtins.pathExists committed) {
  rendered-stack-is-current =
    pkgs.runCommand "rendered-stack-is-current" { nativeBuildInputs = [ pkgs.jq ]; }
      ''
        diff -u <(jq -S . ${committed}) <(jq -S . ${stack}) || {
          echo "nix/rendered/stack.json is not what infra.nix says: cp --no-preserve=mode \$(nix build --no-link --print-out-paths .#stack) nix/rendered/" >&2
          exit 1
        }
        touch $out
      '';
}
