# Whether the service uses the environment's cache.
{ lib, ... }:
{
  options.cache = lib.mkOption {
    type = lib.types.bool;
    default = false;
    description = "Whether the service may use the environment's cache, named to it by the variable `CACHE_URL`.";
  };
}
