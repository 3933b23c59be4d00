# The options of the module for flake-parts: each argument of `mkProject`, with its type.
{
  lib,
  src,
  systems,
  nixpkgs,
  revision,
}:
let
  inherit (lib) mkOption types;
  option =
    type: default: description:
    mkOption { inherit type default description; };
  # Of a package set: pkgs: [ … ].
  perPackages = types.functionTo (types.listOf types.raw);
  nothing = _: [ ];
in
{
  src = mkOption {
    type = types.path;
    description = "The repository: `./.`.";
  };
  infra = mkOption {
    type = types.raw;
    default = src + "/infra.nix";
    defaultText = "infra.nix in `src`";
    description = "What is run: a module, or the path of one.";
  };
  modules = option (types.listOf types.raw) [ ] "More modules, merged with `infra`.";
  revision = mkOption {
    type = types.nullOr types.str;
    default = revision;
    defaultText = "self.rev or self.dirtyRev or null";
    description = "The commit, for the records of releases.";
  };
  nixpkgs = mkOption {
    type = types.nullOr types.raw;
    default = nixpkgs;
    defaultText = "inputs.nixpkgs";
    description = "The package set that everything is built with; null for the toolchain's.";
  };
  pkgsFor = option (types.nullOr (
    types.functionTo types.raw
  )) null "The package set of a system: `system: import nixpkgs { … }`.";
  cross = option types.bool true "Whether the images of another processor are cross-compiled.";
  systems = mkOption {
    type = types.listOf types.str;
    default = systems;
    defaultText = "the flake's systems";
    description = "The systems that there are outputs for.";
  };
  programs = option (types.functionTo (
    types.lazyAttrsOf types.raw
  )) (_: { }) "Static programs that are no crates: `pkgs: { name = derivation; }`.";
  extraFiles =
    option (types.listOf types.raw) [ ]
      "What crates are made of beside their directories: paths or filesets.";
  profile = option (types.nullOr types.str) null "The Cargo profile of what goes into images.";

  cargo = {
    toolchain = option (types.nullOr (
      types.functionTo types.raw
    )) null "Compilers instead of those of nixpkgs: `pkgs: derivation`.";
    nativeBuildInputs = option perPackages nothing "Programs that builds start.";
    buildInputs = option perPackages nothing "Libraries that programs link.";
    env = option (types.attrsOf types.raw) { } "Variables of every build, lint and test.";
    features = option (types.listOf types.str) [ ] "Cargo features beside the default ones.";
    defaultFeatures = option types.bool true "Whether the default features are among them.";
    overrides =
      option (types.attrsOf (types.functionTo types.raw)) { }
        "What is different for the program of a package: `old: { … }`.";
    registries = option perPackages nothing "More registries: `crane: [ … ]`.";
    outputHashes = option (types.attrsOf types.str) { } "Hashes of Git dependencies.";
    vendorDir = option (types.nullOr (
      types.functionTo types.raw
    )) null "The crates, vendored already: `pkgs: derivation`.";
  };

  checks = {
    clippy = option types.bool true "Whether a lint, warnings included, is an error of the flake.";
    images = option types.bool true "Whether images are checked.";
    rendered = option types.bool true "Whether nix/rendered, if there is one, must be current.";
    tests = {
      enable = option types.bool true "Whether the tests of the workspace are run.";
      tools = option perPackages nothing "Programs that tests start.";
      arguments = option types.str "" "Arguments of cargo-nextest.";
      env = option (types.attrsOf types.raw) { } "Variables of the tests.";
    };
  };
  enableFormatter = option types.bool true "Whether the flake gets a formatter, if it has none.";
  formatter = option types.deferredModule { } "What `nix fmt` does beside: a module of treefmt-nix.";

  tofu = option (types.nullOr (
    types.functionTo types.raw
  )) null "OpenTofu, or Terraform: `pkgs: derivation`.";
  terraformProviders =
    option perPackages nothing
      "Terraform's providers beside AWS's: `plugins: [ … ]`.";
  shellPackages = option perPackages nothing "More for the shell.";
}
