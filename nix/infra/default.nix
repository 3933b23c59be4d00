# Evaluates infra.nix: { lib, modules } -> { config, options, stack, failed }. Pure: no packages, no derivations.
#
# `stack` is what stack.json holds. It throws all that is wrong at once.
{ lib, modules }:
let
  evaluated = lib.evalModules {
    class = "driftless";
    modules = [
      ./options.nix
      ./rules.nix
    ]
    ++ modules;
  };
  inherit (evaluated) config options;
  failed = map (rule: rule.message) (lib.filter (rule: !rule.assertion) config.assertions);
  checked =
    value:
    if failed == [ ] then
      value
    else
      throw "infra.nix:\n${lib.concatMapStrings (message: "- ${message}\n") failed}";
in
{
  inherit config failed options;
  stack = checked (import ./stack.nix { inherit config lib; });
}
