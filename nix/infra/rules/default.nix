# Everything that must hold: -> { failed, warnings }, lists of messages.
#
# A rule file is { lib, environment, environments, project, at, … }: [ { assertion; message; } or { warning; } ]. `at` is the option path
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
    ./service/environment.nix
    ./service/references.nix
    ./service/routing.nix
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

  broken = rule: rule ? assertion && !rule.assertion;
  # A message of a rule that holds is never looked at: it may speak of what is not there.
  messages = rules: map (rule: rule.message) (lib.filter broken rules);
  warningsOf = rules: map (rule: rule.warning) (lib.filter (rule: rule ? warning) rules);
  both = rules: {
    failed = messages rules;
    warnings = warningsOf rules;
  };

  local = both (
    project.assertions
    ++ values trees
    ++ judge ./project.nix { }
    ++ judge ./foundation.nix { }
    ++ ofServices "" null services
  );

  ofEnvironment =
    name: environment:
    let
      at = "environments.${name}.";
      # What is wrong with a service everywhere is told once.
      new = lib.filter (
        message: !lib.elem (lib.removePrefix at message) (local.failed ++ local.warnings)
      );
      ofItsServices = both (values environment.trees ++ ofServices at environment environment.services);
      ofItself = both (
        lib.concatMap (file: judge file { inherit at environment environments; }) (
          import ../files.nix { inherit lib; } ./. ++ [ ./environment.nix ]
        )
      );
    in
    {
      failed = new ofItsServices.failed ++ ofItself.failed;
      warnings = new ofItsServices.warnings ++ ofItself.warnings;
    };

  all = [ local ] ++ lib.mapAttrsToList ofEnvironment environments;
in
{
  failed = lib.unique (lib.concatMap (one: one.failed) all);
  warnings = lib.unique (lib.concatMap (one: one.warnings) all);
}
