# What infra.nix can say about a project.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    project = mkOption {
      type = types.strMatching "[a-z][a-z0-9-]{0,31}";
      description = "Name that prefixes everything made for the project: 1 to 32 of `a-z`, `0-9`, `-`, a letter first.";
      example = "items";
    };

    services = mkOption {
      type = types.attrsOf (types.submodule ./service.nix);
      default = { };
      description = "The services by name; each is one image, and one service of the cluster.";
    };

    assertions = mkOption {
      type = types.listOf (
        types.submodule {
          options = {
            assertion = mkOption {
              type = types.bool;
              description = "What must be true.";
            };
            message = mkOption {
              type = types.str;
              description = "What to say if it is not: the option's path, its value, the rule, and the remedy.";
            };
          };
        }
      );
      default = [ ];
      internal = true;
      description = "Rules between options. All that do not hold are told at once.";
    };
  };
}
