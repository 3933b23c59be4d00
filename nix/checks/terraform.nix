# OpenTofu, with the provider that nixpkgs has, understands every root: those of infra.nix, and the golden ones.
{
  lib,
  pkgs,
  root,
}:
let
  tofu = import ../tofu.nix { inherit pkgs; };
  # Roots with options that came with version 6 want that. nixpkgs has had nothing older since August 2025.
  isNew = lib.versionAtLeast pkgs.terraform-providers.hashicorp_aws.version "6";
  src = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions [
      (root + "/nix/golden/stacks")
      (root + "/nix/rendered")
      (root + "/nix/validate")
    ];
  };
in
pkgs.runCommand "terraform-understands-the-roots"
  {
    nativeBuildInputs = [
      pkgs.jq
      tofu
    ];
    meta.description = "OpenTofu and the AWS provider of nixpkgs take every root for valid";
  }
  ''
    export HOME=$TMPDIR
    bash ${src}/nix/validate | tee said
    ${lib.optionalString isNew ''
      if grep '^skipped: ' said; then exit 1; fi
    ''}
    touch $out
  ''
