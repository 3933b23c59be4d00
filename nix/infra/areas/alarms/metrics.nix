# The dimensions by which CloudWatch knows the parts of an environment.
{ lib, environment, ... }:
let
  loadBalancer.LoadBalancer = "\${aws_lb.main.arn_suffix}";
in
{
  inherit loadBalancer;

  # A service's target groups: one, or two where it moves from one to the other.
  targets =
    name: service:
    let
      groups = [ name ] ++ lib.optional (environment.deployment.strategy != "rolling") "${name}_green";
    in
    map (group: loadBalancer // { TargetGroup = "\${aws_lb_target_group.${group}.arn_suffix}"; }) (
      lib.optionals (service.routes != [ ]) groups
    );

  tasks = name: {
    ClusterName = environment.prefix;
    ServiceName = name;
  };

  # Where there is one.
  database =
    if environment.database.engine == "postgresql" then
      { DBInstanceIdentifier = "\${aws_db_instance.main.identifier}"; }
    else
      { DBClusterIdentifier = "\${aws_rds_cluster.main.cluster_identifier}"; };

  # By node: CloudWatch has nothing of a group. ElastiCache numbers its nodes from `-001`, and keeps these names when another
  # becomes the primary.
  # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
  cache = lib.listToAttrs (map (
    number:
    let
      node = lib.fixedWidthNumber 3 number;
    in
    lib.nameValuePair node {
      CacheClusterId = "\${aws_elasticache_replication_group.main.replication_group_id}-${node}";
    }
  ) (lib.range 1 environment.cache.nodes));
}
