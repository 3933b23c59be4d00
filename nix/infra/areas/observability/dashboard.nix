# The dashboard's body: what visitors get on the left, what it costs the services on the right.
{ lib, environment, ... }@arguments:
let
  inherit (environment)
    cache
    database
    region
    ;
  metrics = import ../alarms/metrics.nix arguments;
  services = lib.attrNames environment.services;
  routed = lib.filterAttrs (_: service: service.routes != [ ]) environment.services;

  # A metric as CloudWatch's dashboards write it: namespace, name, dimension, value, …, options.
  metric =
    namespace: name: dimensions: options:
    [
      namespace
      name
    ]
    ++ lib.concatLists (
      lib.mapAttrsToList (key: value: [
        key
        value
      ]) dimensions
    )
    ++ [ options ];

  ofTargets =
    name: options:
    lib.concatLists (
      lib.mapAttrsToList (
        service: settings:
        map (dimensions: metric "AWS/ApplicationELB" name dimensions (options // { label = service; })) (
          metrics.targets service settings
        )
      ) routed
    );
  ofTasks =
    name: options:
    map (
      service: metric "AWS/ECS" name (metrics.tasks service) (options // { label = service; })
    ) services;

  graphs = [
    {
      title = "Requests a minute";
      metrics = ofTargets "RequestCount" { stat = "Sum"; };
    }
    {
      title = "CPU, percent";
      metrics = ofTasks "CPUUtilization" { stat = "Average"; };
    }
    {
      title = "Answers with 5xx";
      metrics = ofTargets "HTTPCode_Target_5XX_Count" { stat = "Sum"; } ++ [
        (metric "AWS/ApplicationELB" "HTTPCode_ELB_5XX_Count" metrics.loadBalancer {
          label = "load balancer";
          stat = "Sum";
        })
      ];
    }
    {
      title = "Memory, percent";
      metrics = ofTasks "MemoryUtilization" { stat = "Average"; };
    }
    {
      title = "Seconds that 99 of 100 answers take at most";
      metrics = ofTargets "TargetResponseTime" { stat = "p99"; };
    }
    {
      title = "Healthy tasks";
      metrics = ofTargets "HealthyHostCount" { stat = "Minimum"; };
    }
  ]
  ++ lib.optional (database.engine != "sqlite") {
    title = "Database: CPU in percent, connections";
    metrics = [
      (metric "AWS/RDS" "CPUUtilization" metrics.database { stat = "Average"; })
      (metric "AWS/RDS" "DatabaseConnections" metrics.database { stat = "Maximum"; })
    ];
  }
  ++ lib.optional cache.enable {
    title = "Cache: hits and misses";
    metrics = lib.concatMap (node: [
      (metric "AWS/ElastiCache" "CacheHits" node { stat = "Sum"; })
      (metric "AWS/ElastiCache" "CacheMisses" node { stat = "Sum"; })
    ]) (lib.attrValues metrics.cache);
  };

  width = 12;
  height = 6;
in
{
  widgets = lib.imap0 (index: graph: {
    type = "metric";
    x = lib.mod index 2 * width;
    y = index / 2 * height;
    inherit width height;
    properties = graph // {
      view = "timeSeries";
      inherit region;
      period = 60;
    };
  }) graphs;
}
