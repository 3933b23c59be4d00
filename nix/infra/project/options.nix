# What infra.nix can say about a project.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../types.nix { inherit lib; };
in
{
  imports = [ ../foundation/options.nix ];

  options = {
    project = mkOption {
      type = typed.name;
      description = "Name that prefixes everything made for the project.";
      example = "items";
    };

    services = mkOption {
      type = types.attrsOf (
        types.deferredModuleWith { staticModules = (import ../areas.nix { inherit lib; }).service; }
      );
      default = { };
      description = "The services by name; each is one image, and one service of the cluster.";
    };

    environments = mkOption {
      type = types.attrsOf (types.deferredModuleWith { staticModules = [ ../environment/options.nix ]; });
      default = { };
      description = "The places where the project runs on AWS, by name; each is a Terraform root with a state of its own.";
      example.dev = { };
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
      description = "Rules of the project's own. All that do not hold are told at once.";
    };
  };
}
