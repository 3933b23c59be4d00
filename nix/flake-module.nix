# For flakes that use flake-parts: `driftless.src = ./.;` adds the outputs of `mkProject`.
{ library }:
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.driftless;
in
{
  options.driftless = {
    src = mkOption {
      type = types.path;
      description = "The repository: `./.`.";
    };
    infra = mkOption {
      type = types.path;
      default = cfg.src + "/infra.nix";
      defaultText = "infra.nix in `src`";
      description = "What is run.";
    };
    arguments = mkOption {
      type = types.lazyAttrsOf types.raw;
      default = { };
      description = "Further arguments of `mkProject`, such as `programs`.";
    };
  };

  config.flake = library.mkProject (
    {
      inherit (cfg) infra src;
      inherit (config) systems;
    }
    // cfg.arguments
  );
}
