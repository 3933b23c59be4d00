# The CloudWatch dimensions of a service's target groups: one, or two where it moves from one to the other.
{ lib, environment }:
name: service:
let
  groups = [ name ] ++ lib.optional (environment.deployment.strategy != "rolling") "${name}_green";
in
map (group: {
  LoadBalancer = "\${aws_lb.main.arn_suffix}";
  TargetGroup = "\${aws_lb_target_group.${group}.arn_suffix}";
}) (lib.optionals (service.routes != [ ]) groups)
