# The alarms of what the services share: -> { impact, strain }.
{ lib, environment, ... }@arguments:
let
  metrics = import ./metrics.nix arguments;
  inherit (environment) cache database prefix;
  gigabyte = 1024 * 1024 * 1024;

  # For a quarter of an hour.
  lasting = {
    statistic = "Average";
    period = 300;
    evaluation_periods = 3;
  };
  above =
    percent: metric: description: source:
    lasting
    // source
    // {
      alarm_description = description;
      metric_name = metric;
      threshold = percent;
    };
  rds = {
    namespace = "AWS/RDS";
    dimensions = metrics.database;
  };
in
{
  impact.loadbalancer_errors = {
    alarm_description = "The load balancer of ${prefix} finds nobody to answer";
    namespace = "AWS/ApplicationELB";
    metric_name = "HTTPCode_ELB_5XX_Count";
    dimensions = metrics.loadBalancer;
    statistic = "Sum";
    period = 60;
    threshold = 10;
    evaluation_periods = 5;
    datapoints_to_alarm = 3;
  };

  strain =
    lib.optionalAttrs (database.engine == "postgresql") {
      database_cpu = above 85 "CPUUtilization" "The database needs more CPU" rds;
      database_storage =
        above (
          database.storage * gigabyte / 10
        ) "FreeStorageSpace" "The database's disk is nine tenths full" rds
        // {
          comparison_operator = "LessThanThreshold";
        };
    }
    // lib.optionalAttrs (database.engine == "aurora-postgresql") {
      database_cpu = above 85 "CPUUtilization" "The database needs more CPU" rds;
      database_capacity = above 90 "ACUUtilization" "The database is near `database.capacity.max`" rds;
    }
    // lib.optionalAttrs cache.enable (
      lib.concatMapAttrs (
        node: dimensions:
        let
          of = {
            namespace = "AWS/ElastiCache";
            inherit dimensions;
          };
        in
        {
          "cache_cpu_${node}" = above 85 "EngineCPUUtilization" "Node ${node} of the cache needs more CPU" of;
          "cache_memory_${node}" =
            above 85 "DatabaseMemoryUsagePercentage" "Node ${node} of the cache needs more memory"
              of;
        }
      ) metrics.cache
    );
}
