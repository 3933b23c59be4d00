# The alarms of one service: -> { impact, strain, deployment }.
{ lib, environment, ... }@arguments:
name: service:
let
  metrics = import ./metrics.nix arguments;
  inherit (service) alarms;
  targets = metrics.targets name service;
  routed = targets != [ ];
  insights = environment.observability.insights != "off";

  # The fewest tasks that are meant at any time. A number that the command line says holds instead: 0 is a pause.
  fewest = lib.foldl' lib.min service.scaling.min (
    lib.mapAttrsToList (_: when: when.min) service.scaling.schedule
  );
  meant = "lookup(var.tasks, \"${name}\", ${toString fewest})";
  tooFew = {
    comparison_operator = "LessThanThreshold";
    threshold = "\${${meant}}";
    evaluation_periods = 5;
    # Nothing runs: nothing is counted.
    treat_missing_data = "\${${meant} == 0 ? \"notBreaching\" : \"breaching\"}";
  };

  # Each target group's, added up: traffic may be on either.
  summed =
    id: metric:
    lib.imap1 (index: dimensions: {
      id = "${id}${toString index}";
      return_data = false;
      metric = {
        namespace = "AWS/ApplicationELB";
        metric_name = metric;
        stat = "Sum";
        period = 60;
        inherit dimensions;
      };
    }) targets;
  added = id: lib.concatImapStringsSep " + " (index: _: "FILL(${id}${toString index}, 0)") targets;

  ofTargets = {
    namespace = "AWS/ApplicationELB";
    dimensions = lib.head targets;
    period = 60;
  };
  ofTasks = metric: {
    namespace = "AWS/ECS";
    metric_name = metric;
    statistic = "Average";
    period = 300;
    evaluation_periods = 3;
    dimensions = metrics.tasks name;
  };
in
{
  impact = lib.filterAttrs (_: alarm: alarm != null) {
    "${name}_errors" =
      if routed && alarms.errors != null then
        {
          alarm_description = "${name} answers with 5xx";
          threshold = alarms.errors;
          evaluation_periods = 5;
          datapoints_to_alarm = 5;
          metric_query =
            summed "errors" "HTTPCode_Target_5XX_Count"
            ++ summed "requests" "RequestCount"
            ++ [
              {
                id = "share";
                label = "Percent of answers that are 5xx";
                expression = "100 * (${added "errors"}) / IF((${added "requests"}) > 0, ${added "requests"}, 1)";
                return_data = true;
              }
            ];
        }
      else
        null;

    "${name}_latency" =
      if routed && alarms.latency != null then
        ofTargets
        // {
          alarm_description = "${name} is slow";
          metric_name = "TargetResponseTime";
          extended_statistic = "p99";
          threshold = alarms.latency;
          evaluation_periods = 5;
          # A percentile of few answers says little.
          evaluate_low_sample_count_percentiles = "ignore";
        }
      else
        null;

    "${name}_unhealthy" =
      if routed && alarms.unhealthy then
        ofTargets
        // {
          alarm_description = "${name} has a task that fails its health check";
          metric_name = "UnHealthyHostCount";
          statistic = "Maximum";
          threshold = 0;
          evaluation_periods = 3;
        }
      else
        null;

    "${name}_tasks" =
      if !alarms.tasks || fewest == 0 then
        null
      else if insights then
        ofTasks "RunningTaskCount"
        // {
          alarm_description = "${name} runs fewer tasks than it should";
          namespace = "ECS/ContainerInsights";
          statistic = "Minimum";
          period = 60;
        }
        // tooFew
      else if routed && lib.length targets == 1 then
        ofTargets
        // {
          alarm_description = "${name} has fewer healthy tasks than it should";
          metric_name = "HealthyHostCount";
          statistic = "Minimum";
        }
        // tooFew
      else
        null;
  };

  strain = lib.filterAttrs (_: alarm: alarm.threshold != null) {
    "${name}_cpu" = ofTasks "CPUUtilization" // {
      alarm_description = "${name} needs more CPU";
      threshold = alarms.cpu;
    };
    "${name}_memory" = ofTasks "MemoryUtilization" // {
      alarm_description = "${name} needs more memory";
      threshold = alarms.memory;
    };
  };

  # What a bad release shows by.
  deployment =
    lib.optional (routed && alarms.errors != null) "${name}_errors"
    ++ lib.optional (routed && alarms.latency != null) "${name}_latency";
}
