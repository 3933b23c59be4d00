# The number of tasks, where it follows the load or the clock.
{
  lib,
  environment,
  ...
}:
let
  scaled = lib.filterAttrs (
    _: service: service.scaling.max > service.scaling.min || service.scaling.schedule != { }
  ) environment.services;
  scheduled = lib.filterAttrs (_: service: service.scaling.schedule != { }) scaled;
  of = name: {
    service_namespace = "ecs";
    scalable_dimension = "ecs:service:DesiredCount";
    resource_id = "service/\${aws_ecs_cluster.main.name}/\${aws_ecs_service.${name}.name}";
  };
  # More at once, fewer slowly.
  pace = {
    scale_in_cooldown = 300;
    scale_out_cooldown = 60;
  };
  policy = name: metric: target_value: {
    inherit (of name) service_namespace scalable_dimension;
    resource_id = "\${aws_appautoscaling_target.${name}.resource_id}";
    name = metric.predefined_metric_type;
    policy_type = "TargetTrackingScaling";
    target_tracking_scaling_policy_configuration = pace // {
      inherit target_value;
      predefined_metric_specification = metric;
    };
  };
  policies =
    name:
    { scaling, routes, ... }:
    let
      follow =
        kind: metric: value:
        lib.optionalAttrs (value != null) { "${name}_${kind}" = policy name metric value; };
    in
    lib.optionalAttrs (scaling.max > scaling.min) (
      follow "cpu" { predefined_metric_type = "ECSServiceAverageCPUUtilization"; } scaling.cpu
      // follow "memory" { predefined_metric_type = "ECSServiceAverageMemoryUtilization"; } scaling.memory
      // lib.optionalAttrs (routes != [ ]) (
        follow "requests" {
          predefined_metric_type = "ALBRequestCountPerTarget";
          resource_label = "\${aws_lb.main.arn_suffix}/\${aws_lb_target_group.${name}.arn_suffix}";
        } scaling.requests
      )
    );
  # What a schedule has set stays until its next change.
  range =
    name: end: scaling:
    let
      here = toString scaling.${end};
    in
    if scheduled ? ${name} then "try(var.ranges[\"${name}\"].${end}, ${here})" else here;
in
{
  variable = lib.optionalAttrs (scheduled != { }) {
    ranges = {
      description = "The fewest and the most tasks of a service that one of its schedules has set.";
      type = "map(object({ min = number, max = number }))";
      nullable = false;
      default = { };
    };
  };

  resource = {
    # A number given by the command line holds: it is both the fewest and the most, and no schedule changes it.
    aws_appautoscaling_target = lib.mapAttrs (
      name:
      { scaling, ... }:
      of name
      // {
        min_capacity = "\${lookup(var.tasks, \"${name}\", ${range name "min" scaling})}";
        max_capacity = "\${lookup(var.tasks, \"${name}\", ${range name "max" scaling})}";
      }
      // lib.optionalAttrs (scheduled ? ${name}) {
        suspended_state = {
          dynamic_scaling_in_suspended = false;
          dynamic_scaling_out_suspended = false;
          scheduled_scaling_suspended = "\${contains(keys(var.tasks), \"${name}\")}";
        };
      }
    ) scaled;

    aws_appautoscaling_policy = lib.concatMapAttrs policies scaled;

    aws_appautoscaling_scheduled_action = lib.concatMapAttrs (
      name:
      { scaling, ... }:
      lib.mapAttrs' (
        action: when:
        lib.nameValuePair "${name}_${action}" {
          inherit (of name) service_namespace scalable_dimension;
          resource_id = "\${aws_appautoscaling_target.${name}.resource_id}";
          name = "${environment.prefix}-${name}-${action}";
          schedule = when.at;
          inherit (when) timezone;
          scalable_target_action = {
            min_capacity = when.min;
            max_capacity = when.max;
          };
        }
      ) scaling.schedule
    ) scaled;
  };
}
