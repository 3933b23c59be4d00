# The root of an environment. Each area adds its resources.
#
# Arguments of an area: `lib`; `environment`, its options with `name`, `prefix` (project and name) and `services` resolved;
# `project`; `names` (names.nix); `references`, which service names which (references.nix); `securityGroups`, what they are and
# who may connect to whom (securitygroups.nix). What an area adds to a service's tasks, such as variables and permissions, it
# adds to `tasks.<service>` (areas/container/tasks.nix).
#
# Names that areas may refer to:
#
#     aws_vpc.main                                  network
#     aws_subnet.public_a, .private_a, …            network; by list: config.network.subnets.{public,private,tasks,data}
#     aws_security_group.loadbalancer, .<service>   loadbalancer, firewall
#     aws_lb.main                                   loadbalancer
#     aws_lb_listener.http, .https                  loadbalancer; the one that serves: config.loadbalancer.listener
#     aws_lb_target_group.<service>                 routing; the second of a service that moves at once: .<service>_green
#     aws_lb_listener_rule.<service>_<hash>     routing; their names: routing.nix
#     aws_acm_certificate.main                      domain
#     aws_ecs_cluster.main                          cluster
#     aws_ecs_task_definition.<service>             container
#     aws_ecs_service.<service>                     deployment
#     aws_cloudwatch_log_group.<service>            logs
#     aws_iam_role.<service>_execution, .<service>_task   container
#     aws_secretsmanager_secret.<service>_<variable>      secrets
#     aws_efs_file_system.main                      database
#     aws_appautoscaling_target.<service>           scaling
#     aws_security_group.database, .cache           database, cache
#     aws_cloudwatch_metric_alarm.<service>_errors, …     alarms
#     aws_sns_topic.alarms                          alarms
#     aws_wafv2_web_acl.main                        waf
#     aws_cloudfront_distribution.main              cdn
#     aws_kms_key.main                              encryption, if environment.encryption.ownKey
{
  lib,
  environment,
  project,
  ...
}:
{
  imports = [
    (import ../root.nix {
      inherit (environment)
        account
        name
        provider
        region
        ;
      tags = {
        inherit (project) project;
        environment = environment.name;
      };
      # CloudFront's certificate and its firewall are there.
      further = lib.optional (environment.cdn.enable && environment.region != "us-east-1") "us-east-1";
    })
    ./variables.nix
  ];
}
