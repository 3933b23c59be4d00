# `nix develop`: what working on a project needs.
{
  crane,
  driftless,
  pkgs,
  packages,
}:
let
  inherit (pkgs) lib;
in
(crane.mkLib pkgs).devShell {
  name = "driftless";
  meta.description = "What working on the project needs";
  packages = [
    (pkgs.opentofu.withPlugins (plugins: [ plugins.hashicorp_aws ]))
    pkgs.cargo-nextest
    pkgs.jq
    pkgs.skopeo
  ]
  ++ lib.optional (driftless != null) driftless
  ++ packages;
}
