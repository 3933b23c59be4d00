# From when on the service is worth an alarm, where the environment has alarms.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
  percent =
    default: description:
    mkOption {
      type = typed.nullOr (typed.between 1 100);
      inherit default description;
    };
in
{
  options.alarms = {
    errors = percent 5 "Percent of its answers that are 5xx, for five minutes; null is no alarm, here and below.";
    latency = mkOption {
      type = types.nullOr types.numbers.positive;
      default = 2;
      description = "Seconds that one answer in a hundred takes, for five minutes.";
      example = 0.5;
    };
    cpu = percent 85 "Percent of its CPU, for a quarter of an hour.";
    memory = percent 85 "Percent of its memory, for a quarter of an hour.";
    unhealthy = mkOption {
      type = types.bool;
      default = true;
      description = "Whether a task that fails its health check, for three minutes, is one.";
    };
    tasks = mkOption {
      type = types.bool;
      default = true;
      description = "Whether fewer tasks than `scaling.min`, for five minutes, are one.";
    };
  };
}
