# What infra.nix says, as files: stack.json, and <root>/config.tf.json for each Terraform root. Equal input, equal bytes.
{
  lib,
  pkgs,
  roots,
  stack,
}:
let
  files = {
    "stack.json" = stack;
  }
  // lib.mapAttrs' (root: lib.nameValuePair "${root}/config.tf.json") roots;
in
pkgs.runCommand "rendered-${stack.project}"
  {
    json = builtins.toJSON files;
    passAsFile = [ "json" ];
    nativeBuildInputs = [ pkgs.jq ];
    # To look at one root without building: `nix eval --json .#rendered.roots.dev`.
    passthru = { inherit roots stack; };
    meta.description = "What infra.nix says: stack.json and the Terraform of each root";
  }
  ''
    for file in ${lib.escapeShellArgs (lib.attrNames files)}; do
      mkdir -p "$out/$(dirname "$file")"
      jq -S --arg file "$file" '.[$file]' "$jsonPath" > "$out/$file"
    done
  ''
