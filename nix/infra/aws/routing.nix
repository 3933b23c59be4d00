# Target groups, and the rules that forward to them.
{
  lib,
  config,
  environment,
  names,
  ...
}:
let
  routing = import ../routing.nix { inherit lib; };
  inherit (environment) deployment services;
  rolling = deployment.strategy == "rolling";
  reached = lib.filterAttrs (_: service: service.routes != [ ]) services;

  group = suffix: name: service: {
    # A port cannot be changed: with it in the name, the new group can be there before the old one goes.
    name = names.targetGroup suffix "${name}-${toString service.port}";
    inherit (service) port;
    protocol = "HTTP";
    target_type = "ip";
    vpc_id = "\${aws_vpc.main.id}";
    deregistration_delay = service.drain;
    health_check = {
      enabled = true;
      inherit (service.health) interval path timeout;
      healthy_threshold = service.health.healthyThreshold;
      unhealthy_threshold = service.health.unhealthyThreshold;
      matcher = "200";
      port = "traffic-port";
      protocol = "HTTP";
    };
    lifecycle.create_before_destroy = true;
  };
  arn = name: "\${aws_lb_target_group.${name}.arn}";

  forward =
    name:
    if rolling then
      {
        type = "forward";
        target_group_arn = arn name;
      }
    else
      {
        type = "forward";
        forward.target_group = [
          {
            arn = arn name;
            weight = 100;
          }
          {
            arn = arn "${name}_green";
            weight = 0;
          }
        ];
      };

  rule =
    { service, priority, ... }@one:
    lib.nameValuePair "${service}_${toString priority}" (
      {
        listener_arn = "\${aws_lb_listener.${config.loadbalancer.listener}.arn}";
        inherit priority;
        condition = [
          { path_pattern.values = one.paths; }
        ]
        ++ lib.optional (one ? hosts) { host_header.values = one.hosts; };
        action = [ (forward service) ];
      }
      # ECS moves the weights, and Terraform must not move them back.
      // lib.optionalAttrs (!rolling) { lifecycle.ignore_changes = [ "action" ]; }
    );
in
{
  resource = {
    aws_lb_target_group =
      lib.mapAttrs (group (lib.optionalString (!rolling) "-b")) reached
      // lib.optionalAttrs (!rolling) (
        lib.mapAttrs' (name: service: lib.nameValuePair "${name}_green" (group "-g" name service)) reached
      );

    aws_lb_listener_rule = lib.listToAttrs (map rule (routing.all services));

    aws_vpc_security_group_egress_rule = lib.mapAttrs' (
      name: service:
      lib.nameValuePair "loadbalancer_to_${name}" {
        security_group_id = "\${aws_security_group.loadbalancer.id}";
        description = "Requests to ${name}";
        referenced_security_group_id = "\${aws_security_group.${name}.id}";
        ip_protocol = "tcp";
        from_port = service.port;
        to_port = service.port;
      }
    ) reached;
    aws_vpc_security_group_ingress_rule = lib.mapAttrs' (
      name: service:
      lib.nameValuePair "${name}_from_loadbalancer" {
        security_group_id = "\${aws_security_group.${name}.id}";
        description = "Requests from the load balancer";
        referenced_security_group_id = "\${aws_security_group.loadbalancer.id}";
        ip_protocol = "tcp";
        from_port = service.port;
        to_port = service.port;
      }
    ) reached;
  };

  # The address of what the API's clients ask, where a service has that route.
  output = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "${name}_api_url" {
      description = "Where clients of the API find it.";
      value =
        if environment.domain.name != null then
          "https://${environment.domain.name}/api"
        else
          "http://\${aws_lb.main.dns_name}/api";
    }
  ) (lib.filterAttrs (_: service: lib.elem "/api" service.routes) reached);
}
