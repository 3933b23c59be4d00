# What waits for what, where Terraform sees no reason: AWS refuses what comes too early, or a task starts without a way out.
{ lib, resources, ... }:
let
  waits =
    kind: name: environment:
    (resources environment).${kind}.${name}.depends_on or [ ];
  missing = wanted: lib.subtractLists (waits "aws_ecs_service" "worker" wanted.where) wanted.for;
in
{
  testALoadBalancerWaitsForTheInternet = {
    expr =
      map
        (
          environment:
          lib.subtractLists (waits "aws_lb" "main" environment) [
            "aws_internet_gateway.main"
            "aws_route.public"
          ]
        )
        [
          { }
          { accessLogs.enable = true; }
        ];
    expected = [
      [ ]
      [ ]
    ];
  };

  # ECS makes its role for itself with the first cluster of an account, and refuses providers until it can take it. A load
  # balancer takes minutes.
  testCapacityProvidersWaitUntilANewAccountHasTheRoleOfEcs = {
    expr = waits "aws_ecs_cluster_capacity_providers" "main" { };
    expected = [ "aws_lb.main" ];
  };

  # CloudFront takes minutes to send the header that rules want.
  testARuleWantsWhatCloudFrontSendsAlready = {
    expr =
      map
        (
          cdn:
          lib.unique (
            map (rule: rule.depends_on or [ ]) (
              lib.attrValues (resources { cdn.enable = cdn; }).aws_lb_listener_rule
            )
          )
        )
        [
          false
          true
        ];
    expected = [
      [ [ ] ]
      [ [ "aws_cloudfront_distribution.main" ] ]
    ];
  };

  testAServiceWaitsForItsWayOut = {
    expr = map missing [
      {
        where = { };
        for = [
          "aws_route.public"
          "aws_route_table_association.public_a"
          "aws_route_table_association.public_b"
          "aws_vpc_security_group_egress_rule.worker_out_443"
          "aws_vpc_endpoint.s3"
        ];
      }
      {
        where.network.egress = "nat-single";
        for = [
          "aws_route.private_a"
          "aws_route.private_b"
          "aws_route_table_association.private_a"
          "aws_route_table_association.private_b"
        ];
      }
      {
        where = {
          network.egress = "endpoints";
          network.endpoints = [ "sqs" ];
          networkAcls.enable = true;
        };
        for = [
          "aws_route_table_association.private_a"
          "aws_vpc_endpoint.ecr_api"
          "aws_vpc_endpoint.ecr_dkr"
          "aws_vpc_endpoint.logs"
          "aws_vpc_endpoint.s3"
          "aws_vpc_endpoint.sqs"
          "aws_vpc_security_group_egress_rule.worker_to_endpoints"
          "aws_vpc_security_group_egress_rule.worker_to_s3"
          "aws_network_acl_rule.private_out_1"
        ];
      }
    ];
    expected = [
      [ ]
      [ ]
      [ ]
    ];
  };

  testAServiceWaitsForTheWayToWhatItKeeps = {
    expr = lib.subtractLists (waits "aws_ecs_service" "api" { }) [
      "aws_efs_mount_target.a"
      "aws_vpc_security_group_egress_rule.api_to_storage"
      "aws_efs_file_system_policy.main"
    ];
    expected = [ ];
  };

  testAServiceWaitsForTheWayToItsDatabaseAndCache = {
    expr =
      lib.subtractLists
        (waits "aws_ecs_service" "api" {
          database.engine = "postgresql";
          cache.enable = true;
          services.api.cache = true;
        })
        [
          "aws_vpc_security_group_egress_rule.api_to_cache"
          "aws_vpc_security_group_egress_rule.api_to_database"
        ];
    expected = [ ];
  };

  # ECS moves the weights of a rule: what it forwards to is ignored, also where its groups are others now.
  testARuleIsMadeAnewWhereItsTargetGroupsAre = {
    expr =
      let
        ruleOf =
          deployment:
          (lib.head (
            lib.attrValues
              (resources {
                inherit deployment;
                database.engine = "postgresql";
              }).aws_lb_listener_rule
          )).lifecycle or null;
      in
      [
        (ruleOf { })
        (ruleOf { strategy = "canary"; })
      ];
    expected = [
      null
      {
        ignore_changes = [ "action" ];
        replace_triggered_by = [
          "aws_lb_target_group.api.arn"
          "aws_lb_target_group.api_green.arn"
        ];
      }
    ];
  };
}
