# The cluster, its capacity, and the names by which services find each other.
{
  lib,
  environment,
  references,
  ...
}:
{
  resource = {
    aws_ecs_cluster.main.name = environment.prefix;
    aws_ecs_cluster_capacity_providers.main = {
      cluster_name = "\${aws_ecs_cluster.main.name}";
      capacity_providers = [
        "FARGATE"
        "FARGATE_SPOT"
      ];
      # With the first cluster of an account, ECS makes a role for itself, which it can't take at once, and until then it refuses
      # providers. A load balancer takes minutes.
      depends_on = [ "aws_lb.main" ];
    };

    aws_service_discovery_http_namespace = lib.optionalAttrs (references.servers != [ ]) {
      main = {
        name = environment.prefix;
        description = "Services of ${environment.prefix}";
      };
    };
  };

  output.cluster_name = {
    description = "The cluster.";
    value = "\${aws_ecs_cluster.main.name}";
  };
}
