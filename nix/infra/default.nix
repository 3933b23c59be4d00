# Evaluates infra.nix. Pure: no packages, no derivations.
#
# Gives { config, options, services, environments, stack, roots, failed, warnings }:
# - `stack` is what stack.json holds, `roots` the Terraform configurations by root; both throw all that is wrong at once;
# - `failed` and `warnings` are lists of messages.
{
  lib,
  modules,
  terranix,
  # The project's directory, if its files are to be told from others.
  src ? null,
}:
let
  evaluate = import ./evaluate.nix { inherit lib; };
  inherit (evaluate modules)
    config
    options
    environments
    services
    trees
    ;

  judged = import ./rules.nix {
    inherit
      config
      environments
      lib
      services
      trees
      ;
  };
  inherit (judged) failed warnings;
  checked =
    value:
    if failed == [ ] then
      value
    else
      throw "infra.nix:\n${lib.concatMapStrings (message: "- ${message}\n") failed}";

  project = config // {
    inherit services;
  };
  render = import ./render.nix { inherit lib project terranix; };
in
{
  inherit
    config
    environments
    failed
    options
    services
    warnings
    ;
  stack = checked (
    import ./stack.nix {
      inherit environments lib project;
      sources = import ./sources.nix { inherit lib modules src; };
    }
  );
  roots = checked (
    {
      foundation = render.foundation environments;
    }
    // lib.mapAttrs (_: render.environment) environments
  );
}
