# For flakes that use flake-parts: `driftless.src = ./.;` adds the outputs of `mkProject`. What every flake may have one of
# (`default`, the formatter) is weaker than what the flake itself says.
{ library }:
{
  lib,
  config,
  inputs,
  self,
  ...
}:
let
  cfg = config.driftless;
  # What is not said is as in `mkProject`.
  said = lib.filterAttrs (_: value: value != null);
  inherit (cfg.checks) tests;
  project = library.mkProject (
    said (removeAttrs cfg [ "enableFormatter" ])
    // {
      cargo = said cfg.cargo;
      checks = cfg.checks // {
        tests = if tests.enable then removeAttrs tests [ "enable" ] else false;
      };
      formatter = if cfg.enableFormatter then cfg.formatter else null;
    }
  );
  # Where the flake says something by that name, that counts.
  weak = lib.mapAttrs (_: lib.mkDefault);
in
{
  _class = "flake";

  options.driftless = import ./flake-module/options.nix {
    inherit lib;
    inherit (cfg) src;
    inherit (config) systems;
    nixpkgs = inputs.nixpkgs or null;
    revision = self.rev or self.dirtyRev or null;
  };

  config.perSystem =
    { system, ... }:
    let
      of = output: project.${output}.${system} or { };
    in
    {
      packages = weak (of "packages");
      apps = weak (of "apps");
      checks = weak (of "checks");
      devShells = weak (of "devShells") // {
        driftless = lib.mkDefault (of "devShells").default;
      };
    }
    // lib.optionalAttrs cfg.enableFormatter { formatter = lib.mkDefault (of "formatter"); };
}
