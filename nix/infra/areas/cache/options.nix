# A cache in memory, shared by the tasks.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.cache = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether there is a cache; services with `cache = true` get its address as `CACHE_URL`.";
    };

    engine = mkOption {
      type = typed.oneOf [
        "valkey"
        "redis"
      ];
      default = "valkey";
      description = "What it speaks. Valkey is the successor of open Redis, and costs a fifth less.";
    };

    class = mkOption {
      type = typed.matching "cache[.][a-z0-9-]+[.][a-z0-9]+" "a node type such as cache.t4g.micro";
      default = "cache.t4g.micro";
      description = "Size of each node.";
    };

    nodes = mkOption {
      type = typed.between 1 6;
      default = 1;
      description = "Nodes: one that is written to, and copies in other zones that take over.";
    };
  };
}
