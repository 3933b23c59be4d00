# Everything that must hold: -> { failed, warnings }, lists of messages.
#
# The rules.nix of an area is { lib }: with any of these functions. Each gives a list of { assertion; message; } or { warning; }.
#
#     service       judges a service, by itself (`environment` is null) and in each environment:
#                   { at, environment, name, project, service, services }
#     services      judges the services beside each other, by themselves and in each environment: { at, project, services }
#     environment   judges an environment: { at, environment, neighbours, project }; the neighbours are those environments
#                   before it that may be in the same AWS account
#
# `at` is the option path of what is judged. That of an environment, and of services beside each other, ends with a dot.
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
  areas = map (file: import file { inherit lib; }) (
    (import ./areas.nix { inherit lib; }).rules ++ [ ./environment/rules.nix ]
  );
  judge =
    what: arguments:
    lib.concatMap (area: lib.optionals (area ? ${what}) (area.${what} arguments)) areas;

  ofServices =
    at: environment: services:
    lib.concatLists (
      lib.mapAttrsToList (
        name: service:
        judge "service" {
          inherit
            environment
            name
            project
            service
            services
            ;
          at = "${at}services.${name}";
        }
      ) services
    )
    ++ judge "services" { inherit at project services; };

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
    ++ values.problems trees
    ++ import ./project/rules.nix { inherit lib project; }
    ++ import ./foundation/rules.nix { inherit environments lib project; }
    ++ ofServices "" null services
  );

  # Where an environment does not say its account, it may be the same.
  mayShareAccount =
    left: right: left.account == null || right.account == null || left.account == right.account;

  ofEnvironment =
    name: environment:
    let
      at = "environments.${name}.";
      # What is wrong with a service everywhere is told once.
      new = lib.filter (
        message: !lib.elem (lib.removePrefix at message) (local.failed ++ local.warnings)
      );
      # Each pair is told once.
      neighbours = lib.filter (other: other.name < name && mayShareAccount environment other) (
        lib.attrValues environments
      );
      ofItsServices = both (values.problems environment.trees ++ ofServices at environment environment.services);
      ofItself = both (
        judge "environment" {
          inherit
            at
            environment
            neighbours
            project
            ;
        }
      );
    in
    {
      failed = new ofItsServices.failed ++ ofItself.failed;
      warnings = new ofItsServices.warnings ++ ofItself.warnings;
    };

  all = [ local ] ++ lib.mapAttrsToList ofEnvironment environments;

  # Nothing else can be judged while these are wrong.
  mistyped =
    let
      everywhere = values.mistyped trees;
      within =
        name: environment:
        lib.filter (message: !lib.elem (lib.removePrefix "environments.${name}." message) everywhere) (
          values.mistyped environment.trees
        );
    in
    everywhere ++ lib.concatLists (lib.mapAttrsToList within environments);
in
if mistyped != [ ] then
  {
    failed = lib.unique mistyped;
    warnings = [ ];
  }
else
  {
    failed = lib.unique (lib.concatMap (one: one.failed) all);
    warnings = lib.unique (lib.concatMap (one: one.warnings) all);
  }
