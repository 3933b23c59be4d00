# How many tasks there are.
{
  lib,
  config,
  environment,
  ...
}:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
  count = typed.between 0 5000;
  production = environment != null && environment.preset == "production";
  target =
    description:
    mkOption {
      type = typed.nullOr (typed.between 1 100);
      default = null;
      inherit description;
    };
in
{
  options = {
    tasks = mkOption {
      type = count;
      default = if production && !config.sqlite then 2 else 1;
      defaultText = "1; with `preset = \"production\"` 2, but for what keeps an SQLite database";
      description = "Tasks that run at once, where nothing scales them.";
    };

    scaling = {
      min = mkOption {
        type = count;
        default = config.tasks;
        defaultText = "`tasks`";
        description = "The fewest tasks.";
      };
      max = mkOption {
        type = count;
        default = config.scaling.min;
        defaultText = "`scaling.min`: no scaling";
        description = "The most tasks. Above `min`, the number follows the load.";
        example = 10;
      };
      cpu = target "Percent of its CPU that a task is to use." // {
        default = 60;
      };
      memory = target "Percent of its memory that a task is to use.";
      requests = mkOption {
        type = types.nullOr types.ints.positive;
        default = null;
        description = "Requests per minute that a task is to get.";
        example = 1000;
      };
      schedule = mkOption {
        type = types.attrsOf (
          types.submodule {
            options = {
              at = mkOption {
                type = types.str;
                description = "When, as Application Auto Scaling writes it: `cron(…)`, `at(…)` or `rate(…)`.";
                example = "cron(0 7 ? * MON-FRI *)";
              };
              timezone = mkOption {
                type = types.str;
                default = "UTC";
                description = "The time zone of `at`.";
                example = "Europe/Vienna";
              };
              min = mkOption {
                type = count;
                description = "The fewest tasks from then on.";
              };
              max = mkOption {
                type = count;
                description = "The most tasks from then on.";
              };
            };
          }
        );
        default = { };
        description = "Changes of `min` and `max` at certain times. No deployment undoes them. While `scale` or `pause` of the command line fixes the number of tasks, there are none.";
      };
    };

    spot = {
      share = mkOption {
        type = typed.between 0 100;
        default = 0;
        description = "Percent of the tasks beyond `spot.base` that run on Fargate Spot, which may take them away with two minutes' notice.";
      };
      base = mkOption {
        type = count;
        default = 1;
        description = "Tasks that never run on Spot.";
      };
    };
  };
}
