# ElastiCache, encrypted, which only the services with `cache = true` can reach.
{
  lib,
  config,
  environment,
  names,
  ...
}:
let
  inherit (environment) cache;
  users = lib.filterAttrs (_: service: service.cache) environment.services;
  several = cache.nodes > 1;
  # AWS's limit for the identifier.
  name = names.short 40 environment.prefix;
  port = 6379;
  tcp = security_group_id: description: referenced_security_group_id: {
    inherit description referenced_security_group_id security_group_id;
    ip_protocol = "tcp";
    from_port = port;
    to_port = port;
  };
  group = "\${aws_security_group.cache.id}";
  groupOf = service: "\${aws_security_group.${service}.id}";
in
lib.mkIf cache.enable {
  tasks = lib.mapAttrs (_: _: {
    environment.CACHE_URL = "rediss://\${aws_elasticache_replication_group.main.primary_endpoint_address}:${toString port}";
  }) users;

  resource = {
    aws_elasticache_subnet_group.main = {
      name = environment.prefix;
      subnet_ids = config.network.subnets.data;
    };

    aws_security_group.cache = {
      name = "${environment.prefix}-cache";
      description = "The cache of ${environment.prefix}";
      vpc_id = "\${aws_vpc.main.id}";
      tags.Name = "${environment.prefix}-cache";
    };
    aws_vpc_security_group_ingress_rule = lib.mapAttrs' (
      service: _:
      lib.nameValuePair "cache_from_${service}" (tcp group "Requests of ${service}" (groupOf service))
    ) users;
    aws_vpc_security_group_egress_rule = lib.mapAttrs' (
      service: _: lib.nameValuePair "${service}_to_cache" (tcp (groupOf service) "What it keeps" group)
    ) users;

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
      security_group_ids = [ "\${aws_security_group.cache.id}" ];
      at_rest_encryption_enabled = true;
      kms_key_id = lib.mkIf environment.encryption.ownKey "\${aws_kms_key.main.arn}";
      transit_encryption_enabled = true;
      auto_minor_version_upgrade = true;
    };
  };
}
