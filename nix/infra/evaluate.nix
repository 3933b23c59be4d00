# infra.nix's modules -> what it says: the project, its services, and each environment with its services as they are there.
{ lib }:
modules:
let
  evaluated = lib.evalModules {
    class = "driftless";
    modules = [ ./project/options.nix ] ++ modules;
  };
  inherit (evaluated) config;

  # A service by itself, or in an environment, whose overrides are already stronger than what the service says.
  service =
    {
      prefix,
      name,
      environment,
      overrides ? [ ],
    }:
    lib.evalModules {
      inherit prefix;
      modules = [
        config.services.${name}
        { _module.args = { inherit environment name; }; }
      ]
      ++ overrides;
    };

  local = lib.mapAttrs (
    name: _:
    service {
      inherit name;
      prefix = [
        "services"
        name
      ];
      environment = null;
    }
  ) config.services;

  environmentOf =
    name: module:
    let
      own = lib.evalModules {
        prefix = [
          "environments"
          name
        ];
        modules = [
          module
          { _module.args = { inherit name; }; }
        ];
      };
      services = lib.mapAttrs (
        service': _:
        service {
          name = service';
          prefix = [
            "environments"
            name
            "services"
            service'
          ];
          environment = own.config;
          overrides = own.config.services.${service'} or [ ];
        }
      ) config.services;
    in
    own.config
    // {
      inherit name;
      # What prefixes the names of everything in the environment.
      prefix = "${config.project}-${name}";
      overridden = lib.attrNames own.config.services;
      # Those whose image it says differently.
      pictured = lib.attrNames (
        lib.filterAttrs (_: lib.any (given: given.config ? image)) own.config.services
      );
      services = lib.mapAttrs (_: one: one.config) services;
      # For rules that look at every option.
      trees = [ own.options ] ++ lib.mapAttrsToList (_: one: one.options) services;
    };
in
{
  inherit config;
  inherit (evaluated) options;
  environments = lib.mapAttrs environmentOf config.environments;
  services = lib.mapAttrs (_: one: one.config) local;
  trees = [ evaluated.options ] ++ lib.mapAttrsToList (_: one: one.options) local;
}
