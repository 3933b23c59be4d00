# What infra.nix can say about a service.
{
  name,
  lib,
  config,
  ...
}:
let
  inherit (lib) mkOption types;
  path = types.strMatching "/[!-~]*" // {
    description = "path that starts with a slash";
  };
  seconds =
    lowest: highest: default: description:
    mkOption {
      type = types.ints.between lowest highest;
      inherit default description;
    };
in
{
  options = {
    package = mkOption {
      type = types.str;
      default = name;
      defaultText = "the service's name";
      description = "The Cargo package, or the entry of `programs`, whose program of the same name the image holds.";
    };

    port = mkOption {
      type = types.port;
      description = "The port that the container listens on; it is told by the variable `PORT`, too.";
      example = 8000;
    };

    routes = mkOption {
      type = types.listOf (types.strMatching "/[!-~]{0,127}");
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

    health = {
      path = mkOption {
        type = path;
        default = "/health";
        description = "Asked by the load balancer; 200 is healthy.";
      };
      interval = seconds 5 300 30 "Seconds between checks.";
      timeout = seconds 2 120 5 "Seconds until an unanswered check counts as failed.";
      healthyThreshold = seconds 2 10 2 "Successes in a row that make a task healthy.";
      unhealthyThreshold = seconds 2 10 2 "Failures in a row that make it unhealthy.";
    };

    environment = mkOption {
      type = types.attrsOf types.str;
      default = { };
      description = "Environment variables. `service:NAME` stands for the address of that service, `http://host:port`.";
      example.BACKEND_URL = "service:backend";
    };

    secrets = mkOption {
      type = types.attrsOf (types.submodule { });
      default = { };
      description = "Environment variables whose values are secrets: named here, kept elsewhere, never in the store.";
      example.SECRET_KEY = { };
    };

    cpu = mkOption {
      type = types.enum [
        256
        512
        1024
        2048
        4096
        8192
        16384
      ];
      default = 256;
      description = "Fargate CPU units of a task; 1024 are one virtual CPU.";
    };

    memory = mkOption {
      type = types.ints.positive;
      default = 512;
      description = "MiB of a task. Fargate has few sizes for each `cpu`.";
    };

    tasks = mkOption {
      type = types.ints.positive;
      default = 1;
      description = "Tasks that run at once.";
    };

    database = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the service has a database of its own, named to it by the variable `DATABASE_URL`.";
    };

    data = mkOption {
      type = types.nullOr path;
      default = if config.database then "/data" else null;
      defaultText = "`/data` with a database, otherwise none";
      description = "Directory in the container that outlives its tasks.";
    };

    stopTimeout = seconds 2 120 30 "Seconds between the stop signal and the kill.";
    drain = seconds 0 3600 30 "Seconds that a replaced task may still answer the requests it has.";
  };
}
