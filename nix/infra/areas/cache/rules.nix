# Who uses the cache, and whether there is one.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      users = lib.attrNames (lib.filterAttrs (_: service: service.cache) environment.services);
    in
    map (service: {
      assertion = environment.cache.enable;
      message = "${at}services.${service}.cache = true: the environment has no cache; set `${at}cache.enable = true`";
    }) users
    ++ lib.optional (environment.cache.enable && users == [ ]) {
      warning = "${at}cache.enable = true: no service has `cache = true`, so nobody can reach it";
    };
}
