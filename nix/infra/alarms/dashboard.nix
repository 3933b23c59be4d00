# The dashboard's body: what visitors get on the left, what it costs the services on the right.
{ lib, environment, ... }:
let
  inherit (environment)
    cache
    database
    prefix
    region
    ;
  targetsOf = import ./targets.nix { inherit lib environment; };
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
          targetsOf service settings
        )
      ) routed
    );
  ofTasks =
    name: options:
    map (
      service:
      metric "AWS/ECS" name {
        ClusterName = prefix;
        ServiceName = service;
      } (options // { label = service; })
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
        (metric "AWS/ApplicationELB" "HTTPCode_ELB_5XX_Count"
          {
            LoadBalancer = "\${aws_lb.main.arn_suffix}";
          }
          {
            label = "load balancer";
            stat = "Sum";
          }
        )
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
    metrics =
      let
        dimensions =
          if database.engine == "postgresql" then
            { DBInstanceIdentifier = "\${aws_db_instance.main.identifier}"; }
          else
            { DBClusterIdentifier = "\${aws_rds_cluster.main.cluster_identifier}"; };
      in
      [
        (metric "AWS/RDS" "CPUUtilization" dimensions { stat = "Average"; })
        (metric "AWS/RDS" "DatabaseConnections" dimensions { stat = "Maximum"; })
      ];
  }
  ++ lib.optional cache.enable {
    title = "Cache: hits and misses";
    metrics =
      let
        dimensions.ReplicationGroupId = "\${aws_elasticache_replication_group.main.replication_group_id}";
      in
      [
        (metric "AWS/ElastiCache" "CacheHits" dimensions { stat = "Sum"; })
        (metric "AWS/ElastiCache" "CacheMisses" dimensions { stat = "Sum"; })
      ];
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
