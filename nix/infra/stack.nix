# stack.json: the services as the command line reads them, independent of any environment.
{ lib, config }:
let
  # A load balancer's rule has at most five patterns, and rules are tried in the order of their priorities.
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
  patterns = 5;
  first = 100;
  last = 50000;

  chunks =
    list: if list == [ ] then [ ] else [ (lib.take patterns list) ] ++ chunks (lib.drop patterns list);

  catchAll = "/*";
  specific = lib.concatLists (
    lib.mapAttrsToList (
      service:
      { routes, ... }:
      map (paths: { inherit paths service; }) (chunks (lib.remove catchAll routes))
    ) config.services
  );
  numbered = lib.imap0 (number: rule: rule // { priority = first + number; }) specific;

  rulesOf =
    name: service:
    map (rule: { inherit (rule) paths priority; }) (lib.filter (rule: rule.service == name) numbered)
    ++ lib.optional (lib.elem catchAll service.routes) {
      priority = last;
      paths = [ catchAll ];
    };
in
{
  schema = 1;
  inherit (config) project;
  services = lib.mapAttrs (name: service: {
    inherit (service)
      cpu
      data
      memory
      package
      port
      tasks
      ;
    rules = rulesOf name service;
    health = {
      inherit (service.health) path;
      interval_seconds = service.health.interval;
      timeout_seconds = service.health.timeout;
      healthy_threshold = service.health.healthyThreshold;
      unhealthy_threshold = service.health.unhealthyThreshold;
    };
    environment =
      lib.optionalAttrs service.database {
        DATABASE_URL = "sqlite:///${service.data}/${config.project}.db";
      }
      // service.environment;
    secrets = lib.attrNames service.secrets;
    stop_timeout_seconds = service.stopTimeout;
    drain_seconds = service.drain;
  }) config.services;
}
