# How requests come to the service.
{
  lib,
  environment,
  ...
}:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
  path = typed.matching "/[!-~]{0,1023}" "a path that starts with a slash, of at most 1024 characters";
  number =
    lowest: highest: default: description:
    mkOption {
      type = typed.between lowest highest;
      inherit default description;
    };
in
{
  options = {
    routes = mkOption {
      type = typed.listOf (
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
        typed.matching "/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}" "a path that starts with a slash, of at most 128 letters, digits and _ - . $ / ~ \" ' @ : + & * ?"
      );
      default = [ ];
      description = ''
        Paths whose requests the load balancer forwards to this service; `*` stands for any characters, `?` for one.
        `/api/*` does not match `/api`. `/*` is tried after everything else.
      '';
      example = [
        "/api"
        "/api/*"
      ];
    };

    hosts = mkOption {
      type = typed.listOf (
        typed.matching "[A-Za-z0-9*?.-]{1,124}[.][A-Za-z]{2,63}" "a host name of at most 128 characters with a dot and letters after the last one; `*` and `?` are allowed before it"
      );
      default = [ ];
      description = "Host names that `routes` are limited to, on AWS; none is any host.";
      example = [ "api.example.com" ];
    };

    health = {
      path = mkOption {
        type = path;
        default = "/health";
        description = "Asked by the load balancer; 200 is healthy.";
      };
      interval = number 5 300 30 "Seconds between checks.";
      timeout = number 2 120 5 "Seconds until an unanswered check counts as failed.";
      healthyThreshold = number 2 10 2 "Successes in a row that make a task healthy.";
      unhealthyThreshold = number 2 10 2 "Failures in a row that make it unhealthy.";
      command = mkOption {
        type = types.nullOr (types.listOf types.str);
        default = null;
        description = ''
          Arguments with which the program asks itself whether it is well, and ends with 0 if so. ECS replaces a task that is
          not. null is no such check: the load balancer asks all the same. There is no shell in an image of one program. In any
          other image, this is the whole command, as `CMD` or `CMD-SHELL` and what follows.
        '';
        example = [ "healthcheck" ];
      };
      start = number 0 2147483647 60 "Seconds that a new task has until failed checks count.";
    };

    keepAlive = mkOption {
      type = typed.between 1 86400;
      default =
        if environment == null then 75 else lib.max 75 (environment.loadbalancer.idleTimeout + 15);
      defaultText = "75, or 15 more than `loadbalancer.idleTimeout`";
      description = ''
        Seconds that the program keeps a connection on which nothing happens, by the variable `KEEP_ALIVE_SECONDS`, where it has
        routes. They must be more than `loadbalancer.idleTimeout`: a load balancer that asks on a connection which the program
        has closed answers 502.
      '';
    };

    drain = number 0 3600 30 "Seconds that a replaced task may still answer the requests it has.";
  };
}
