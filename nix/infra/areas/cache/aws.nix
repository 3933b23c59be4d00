# ElastiCache, encrypted, which only the services with `cache = true` can reach.
{
  lib,
  config,
  environment,
  names,
  securityGroups,
  ...
}:
let
  inherit (environment) cache;
  users = lib.filterAttrs (_: service: service.cache) environment.services;
  several = cache.nodes > 1;
  # AWS's limit for the identifier.
  name = names.short 40 environment.prefix;
  port = 6379;
in
lib.mkIf cache.enable {
  tasks = lib.mapAttrs (service: _: {
    after = [ (securityGroups.wayTo service "cache") ];
    environment.CACHE_URL = "rediss://\${aws_elasticache_replication_group.main.primary_endpoint_address}:${toString port}";
  }) users;

  resource = lib.mkMerge [
    {
      aws_elasticache_subnet_group.main = {
        name = environment.prefix;
        subnet_ids = config.network.subnets.data;
      };

      aws_security_group.cache = securityGroups.answering "cache" "The cache of ${environment.prefix}";

      aws_elasticache_replication_group.main = {
        replication_group_id = name;
        description = "Cache of ${environment.prefix}";
        inherit (cache) engine;
        node_type = cache.class;
        num_cache_clusters = cache.nodes;
        automatic_failover_enabled = several;
        multi_az_enabled = several;
        inherit port;
        subnet_group_name = "\${aws_elasticache_subnet_group.main.name}";
        security_group_ids = [ (securityGroups.id "cache") ];
        at_rest_encryption_enabled = true;
        kms_key_id = lib.mkIf environment.encryption.ownKey "\${aws_kms_key.main.arn}";
        transit_encryption_enabled = true;
        auto_minor_version_upgrade = true;
      };
    }
    (securityGroups.connect (
      map (service: {
        inherit port;
        from = service;
        to = "cache";
        out = "What it keeps";
        into = "Requests of ${service}";
      }) (lib.attrNames users)
    ))
  ];
}
