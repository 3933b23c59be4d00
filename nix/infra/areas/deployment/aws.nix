# The ECS services: how many tasks, where, and how they are replaced.
{
  lib,
  config,
  environment,
  names,
  references,
  securityGroups,
  ...
}:
let
  routing = import ../../routing.nix {
    inherit lib;
    cdn = environment.cdn.enable;
  };
  inherit (environment) deployment network services;
  inherit (deployment) strategy;
  rolling = strategy == "rolling";

  scaled = service: service.scaling.max > service.scaling.min || service.scaling.schedule != { };
  rulesOf = lib.groupBy (rule: rule.service) (routing.all services);
  ruleName = rule: "aws_lb_listener_rule.${rule.name}";

  capacity =
    { spot, ... }:
    [
      {
        capacity_provider = "FARGATE";
        base = if spot.share == 0 then 0 else spot.base;
        weight = 100 - spot.share;
      }
    ]
    ++ lib.optional (spot.share > 0) {
      capacity_provider = "FARGATE_SPOT";
      base = 0;
      weight = spot.share;
    };

  connected =
    name:
    lib.optionalAttrs (lib.elem name references.servers || references.of.${name} != [ ]) {
      service_connect_configuration = {
        enabled = true;
        namespace = "\${aws_service_discovery_http_namespace.main.arn}";
      }
      // lib.optionalAttrs (lib.elem name references.servers) {
        service = [
          {
            port_name = "http";
            discovery_name = name;
            # ECS's own limit for a request is 15 seconds. A connection outlives those of the load balancer.
            timeout = {
              per_request_timeout_seconds = services.${name}.requestTimeout;
              idle_timeout_seconds = lib.max 300 (environment.loadbalancer.idleTimeout + 60);
            };
            client_alias = [
              {
                dns_name = name;
                port = services.${name}.port;
              }
            ];
          }
        ];
      };
    };

  behind =
    name: service:
    lib.optionalAttrs (service.routes != [ ]) {
      health_check_grace_period_seconds = service.health.start;
      load_balancer = [
        (
          {
            target_group_arn = "\${aws_lb_target_group.${name}.arn}";
            container_name = name;
            container_port = service.port;
          }
          // lib.optionalAttrs (!rolling) {
            advanced_configuration = {
              alternate_target_group_arn = "\${aws_lb_target_group.${name}_green.arn}";
              production_listener_rule = "\${${ruleName (lib.head rulesOf.${name})}.arn}";
              role_arn = "\${aws_iam_role.deployments.arn}";
            };
          }
        )
      ];
    };

  # What no request reaches has no traffic that could move.
  moving =
    service:
    {
      rolling.deployment_circuit_breaker = {
        enable = true;
        rollback = true;
      };
      blue-green.deployment_configuration = {
        strategy = "BLUE_GREEN";
        bake_time_in_minutes = deployment.bake;
      };
      canary.deployment_configuration = {
        strategy = "CANARY";
        bake_time_in_minutes = deployment.bake;
        canary_configuration = {
          canary_percent = deployment.step;
          canary_bake_time_in_minutes = deployment.stepBake;
        };
      };
      linear.deployment_configuration = {
        strategy = "LINEAR";
        bake_time_in_minutes = deployment.bake;
        linear_configuration = {
          step_percent = deployment.step;
          step_bake_time_in_minutes = deployment.stepBake;
        };
      };
    }
    .${if service.routes == [ ] then "rolling" else strategy};

  serviceOf =
    name: service:
    {
      inherit name;
      cluster = "\${aws_ecs_cluster.main.arn}";
      task_definition = "\${aws_ecs_task_definition.${name}.arn}";
      desired_count = "\${lookup(var.tasks, \"${name}\", ${toString service.scaling.min})}";
      capacity_provider_strategy = capacity service;
      platform_version = "LATEST";
      enable_ecs_managed_tags = true;
      enable_execute_command = service.exec;
      propagate_tags = "SERVICE";
      # Two tasks must not write one SQLite file: the old one stops before the new one starts.
      availability_zone_rebalancing = if service.sqlite then "DISABLED" else "ENABLED";
      deployment_minimum_healthy_percent = if service.sqlite then 0 else 100;
      deployment_maximum_percent = if service.sqlite then 100 else 200;
      network_configuration = {
        assign_public_ip = network.egress == "public-ip";
        security_groups = [ (securityGroups.id name) ];
        subnets = config.network.subnets.tasks;
      };
      depends_on = [
        "aws_ecs_cluster_capacity_providers.main"
        "aws_iam_role_policy.${name}_execution"
      ]
      ++ lib.optional (
        config.tasks.${name}.permissions != [ ] || service.exec
      ) "aws_iam_role_policy.${name}_task"
      ++ lib.optional (!rolling && service.routes != [ ]) "aws_iam_role_policy_attachment.deployments"
      ++ map ruleName (rulesOf.${name} or [ ])
      ++ config.tasks.${name}.after
      # Only what starts later can find what it names.
      ++ map (server: "aws_ecs_service.${server}") references.of.${name};
    }
    // moving service
    // connected name
    // behind name service
    // lib.optionalAttrs (scaled service) { lifecycle.ignore_changes = [ "desired_count" ]; };
in
{
  resource.aws_ecs_service = lib.mapAttrs serviceOf services;

  # ECS moves traffic by itself: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
  resource.aws_iam_role = lib.mkIf (!rolling) {
    deployments = {
      name = names.short 64 "${environment.prefix}-deployments";
      description = "Moves the traffic of ${environment.prefix} to new tasks";
      assume_role_policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Effect = "Allow";
            Action = "sts:AssumeRole";
            Principal.Service = "ecs.amazonaws.com";
            Condition.StringEquals."aws:SourceAccount" = "\${data.aws_caller_identity.current.account_id}";
          }
        ];
      };
    };
  };
  resource.aws_iam_role_policy_attachment = lib.mkIf (!rolling) {
    deployments = {
      role = "\${aws_iam_role.deployments.name}";
      policy_arn = "arn:${names.partition environment.region}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers";
    };
  };

  output = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "${name}_service_name" {
      description = "The ECS service of ${name}.";
      value = "\${aws_ecs_service.${name}.name}";
    }
  ) services;
}
