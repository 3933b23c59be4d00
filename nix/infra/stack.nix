# stack.json: what the command line reads of infra.nix.
{
  lib,
  project,
  environments,
}:
let
  routing = import ./routing.nix { inherit lib; };
  names = import ./names.nix { inherit lib project; };

  serviceOf = services: name: service: {
    inherit (service)
      command
      cpu
      data
      memory
      package
      port
      ;
    tasks = service.scaling.min;
    rules = routing.rulesOf services name;
    health = {
      inherit (service.health) path;
      interval_seconds = service.health.interval;
      timeout_seconds = service.health.timeout;
      healthy_threshold = service.health.healthyThreshold;
      unhealthy_threshold = service.health.unhealthyThreshold;
    };
    environment =
      lib.optionalAttrs (service.database && service.data != null) {
        DATABASE_URL = "sqlite:///${service.data}/${project.project}.db";
      }
      // service.environment;
    secrets = lib.attrNames service.secrets;
    stop_timeout_seconds = service.stopTimeout;
    drain_seconds = service.drain;
  };

  environmentOf =
    _: environment:
    let
      inherit (names.of environment) family logGroup secret;
    in
    {
      inherit (environment)
        account
        protected
        provider
        region
        ;
      strategy = environment.deployment.strategy;
      url = if environment.domain.name == null then null else "https://${environment.domain.name}";
      cluster = environment.prefix;
      services = lib.mapAttrs (
        name: service:
        serviceOf environment.services name service
        // {
          service_name = name;
          family = family name;
          log_group = logGroup name;
          repository = names.repository name;
          inherit (service) architecture;
          secrets = lib.mapAttrs (variable: _: secret name variable) service.secrets;
        }
      ) environment.services;
    };
in
{
  schema = 2;
  inherit (project) project;
  services = lib.mapAttrs (serviceOf project.services) project.services;
  foundation = {
    inherit (project.foundation) region;
    repositories = lib.mapAttrs (name: _: names.repository name) project.services;
  };
  environments = lib.mapAttrs environmentOf environments;
}
