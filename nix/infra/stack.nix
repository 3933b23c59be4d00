# stack.json: what the command line reads of infra.nix.
{
  lib,
  project,
  environments,
  # Digests of the files that say all this, by their paths in the project.
  sources,
}:
let
  rulesOf = cdn: (import ./routing.nix { inherit cdn lib; }).rulesOf;
  names = import ./names.nix { inherit lib project; };
  health = import ./health.nix { inherit lib; };

  serviceOf = cdn: services: name: service: {
    inherit (service)
      command
      cpu
      data
      memory
      package
      port
      ;
    tasks = service.scaling.min;
    rules = rulesOf cdn services name;
    health = {
      inherit (service.health) path;
      interval_seconds = service.health.interval;
      timeout_seconds = service.health.timeout;
      healthy_threshold = service.health.healthyThreshold;
      unhealthy_threshold = service.health.unhealthyThreshold;
    }
    // lib.optionalAttrs (service.health.command != null) { command = health.command service; };
    environment =
      lib.optionalAttrs service.sqlite {
        DATABASE_URL = "sqlite:///${service.data}/${project.project}.db";
      }
      // service.environment;
    secrets = lib.attrNames service.secrets;
    stop_timeout_seconds = service.stopTimeout;
    drain_seconds = service.drain;
  }
  // lib.optionalAttrs (service.binary != service.package) { inherit (service) binary; }
  // lib.optionalAttrs (service.user != "65532:65532") { inherit (service) user; }
  // lib.optionalAttrs (service.entrypoint != null) { inherit (service) entrypoint; }
  // lib.optionalAttrs (service.writable != { }) { inherit (service) writable; };

  # Where the image comes from, which no environment changes.
  imageOf =
    { image, ... }:
    lib.filterAttrs
      (_: said: said != null && said != { } && said != false)
      {
        image =
          if image.reference != null then
            { inherit (image) reference; }
          else if builtins.isString image.layout then
            { inherit (image) layout; }
          else if image.layout != null || image.contents != null then
            "nix"
          else
            null;
        inherit (image) created files;
        time_zones = image.timeZones;
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
      # How long traffic takes to move.
      pace = {
        bake_minutes = environment.deployment.bake;
        step_percent = environment.deployment.step;
        step_minutes = environment.deployment.stepBake;
      };
      cdn = environment.cdn.enable;
      open = lib.elem "0.0.0.0/0" environment.loadbalancer.from;
      url = if environment.domain.name == null then null else "https://${environment.domain.name}";
      cluster = environment.prefix;
      services = lib.mapAttrs (
        name: service:
        serviceOf environment.cdn.enable environment.services name service
        // {
          service_name = name;
          family = family name;
          log_group = logGroup name;
          repository = names.repository name;
          inherit (service) architecture;
          secrets = lib.mapAttrs (variable: _: secret name variable) service.secrets;
        }
        // lib.optionalAttrs (service.scaling.schedule != { }) {
          # The ranges that it sets, by its names for them.
          schedule = lib.mapAttrs (_: when: { inherit (when) min max; }) service.scaling.schedule;
        }
      ) environment.services;
    }
    // lib.filterAttrs (_: ways: ways != [ ]) { inherit (environment) must never; };
in
{
  schema = 2;
  inherit sources;
  inherit (project) project;
  services = lib.mapAttrs (
    name: service: serviceOf false project.services name service // imageOf service
  ) project.services;
  foundation = {
    inherit (project.foundation) region;
    repositories = lib.mapAttrs (name: _: names.repository name) project.services;
  }
  // lib.optionalAttrs project.foundation.signatures.enable {
    signatures = {
      key = names.signingKey;
      inherit (project.foundation.signatures) required;
    };
  };
  environments = lib.mapAttrs environmentOf environments;
}
