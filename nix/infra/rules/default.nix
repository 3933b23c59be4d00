# Everything that must hold: -> { failed, warnings }, lists of messages.
#
# A rule file is { lib, environment, project, at, … }: [ { assertion; message; } or { warning; } ]. `at` is the option path
# of the environment, with a dot at its end. What service/*.nix say is judged by rules/service/*.nix, which get `service`,
# `name`, `services` and `at`, for the service by itself (`environment` is null) and in each environment.
{
  lib,
  config,
  trees,
  services,
  environments,
}:
let
  project = config;
  values = import ./values.nix { inherit lib; };
  serviceRules = [
    ./service/container.nix
    ./service/references.nix
    ./service/scaling.nix
  ];
  judge =
    file: arguments:
    import file (
      {
        inherit lib project;
      }
      // arguments
    );

  ofServices =
    at: environment: services:
    lib.concatLists (
      lib.mapAttrsToList (
        name: service:
        lib.concatMap (
          file:
          judge file {
            inherit
              environment
              name
              service
              services
              ;
            at = "${at}services.${name}";
          }
        ) serviceRules
      ) services
    )
    ++ judge ./routes.nix { inherit at services; };

  local =
    project.assertions ++ values trees ++ judge ./project.nix { } ++ ofServices "" null services;

  ofEnvironment =
    name: environment:
    let
      at = "environments.${name}.";
      said = map (rule: rule.message or rule.warning) local;
      # What is wrong with a service everywhere is told once.
      repeated = rule: lib.elem (lib.removePrefix at (rule.message or rule.warning)) said;
    in
    values environment.trees
    ++ lib.filter (rule: !repeated rule) (ofServices at environment environment.services)
    ++ lib.concatMap (file: judge file { inherit at environment; }) (
      import ../files.nix { inherit lib; } ./.
    );

  rules = local ++ lib.concatLists (lib.mapAttrsToList ofEnvironment environments);
in
{
  failed = lib.unique (
    map (rule: rule.message) (lib.filter (rule: rule ? assertion && !rule.assertion) rules)
  );
  warnings = lib.unique (map (rule: rule.warning) (lib.filter (rule: rule ? warning) rules));
}
