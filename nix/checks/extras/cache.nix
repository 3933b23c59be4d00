# The cache.
{
  resources,
  refuses,
  warns,
  ...
}:
{
  testACacheIsEncryptedAndHasStandbys = {
    expr =
      let
        cache =
          (resources {
            cache = {
              enable = true;
              nodes = 2;
            };
          }).aws_elasticache_replication_group.main;
      in
      [
        cache.at_rest_encryption_enabled
        cache.transit_encryption_enabled
        cache.automatic_failover_enabled
      ];
    expected = [
      true
      true
      true
    ];
  };

  testACacheThatIsNotThereIsNotUsed = {
    expr = refuses {
      services.web.cache = true;
    } "environments.here.services.web.cache = true: the environment has no cache";
    expected = true;
  };

  testACacheNobodyUsesIsMentioned = {
    expr = warns { cache.enable = true; } "environments.here.cache.enable = true: no service has";
    expected = true;
  };
}
