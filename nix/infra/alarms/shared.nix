# The alarms of what the services share: -> { impact, strain }.
{ lib, environment, ... }:
let
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
  rds = dimensions: {
    namespace = "AWS/RDS";
    inherit dimensions;
  };
  instance = rds { DBInstanceIdentifier = "\${aws_db_instance.main.identifier}"; };
  cluster = rds { DBClusterIdentifier = "\${aws_rds_cluster.main.cluster_identifier}"; };
  nodes = {
    namespace = "AWS/ElastiCache";
    dimensions.ReplicationGroupId = "\${aws_elasticache_replication_group.main.replication_group_id}";
  };
in
{
  impact.loadbalancer_errors = {
    alarm_description = "The load balancer of ${prefix} finds nobody to answer";
    namespace = "AWS/ApplicationELB";
    metric_name = "HTTPCode_ELB_5XX_Count";
    dimensions.LoadBalancer = "\${aws_lb.main.arn_suffix}";
    statistic = "Sum";
    period = 60;
    threshold = 10;
    evaluation_periods = 5;
    datapoints_to_alarm = 3;
  };

  strain =
    lib.optionalAttrs (database.engine == "postgresql") {
      database_cpu = above 85 "CPUUtilization" "The database needs more CPU" instance;
      database_storage =
        above (
          database.storage * gigabyte / 10
        ) "FreeStorageSpace" "The database's disk is nine tenths full" instance
        // {
          comparison_operator = "LessThanThreshold";
        };
    }
    // lib.optionalAttrs (database.engine == "aurora-postgresql") {
      database_cpu = above 85 "CPUUtilization" "The database needs more CPU" cluster;
      database_capacity =
        above 90 "ACUUtilization" "The database is near `database.capacity.max`"
          cluster;
    }
    // lib.optionalAttrs cache.enable {
      cache_cpu = above 85 "EngineCPUUtilization" "The cache needs more CPU" nodes;
      cache_memory = above 85 "DatabaseMemoryUsagePercentage" "The cache needs more memory" nodes;
    };
}
