# How long requests may take, and what their number is good for.
{
  lib,
  eval,
  refuses,
  resources,
  ...
}:
let
  connect =
    environment:
    (eval environment).roots.here.resource.aws_ecs_service.api.service_connect_configuration.service;
  named =
    environment: lib.recursiveUpdate { services.web.environment.API = "service:api"; } environment;
in
{
  # Without a word of ours it ends a request after fifteen seconds.
  testServiceConnectEndsNoRequest = {
    expr = map (environment: (lib.head (connect (named environment))).timeout) [
      { }
      {
        loadbalancer.idleTimeout = 600;
        services.api.requestTimeout = 30;
      }
    ];
    expected = [
      {
        idle_timeout_seconds = 300;
        per_request_timeout_seconds = 0;
      }
      {
        idle_timeout_seconds = 660;
        per_request_timeout_seconds = 30;
      }
    ];
  };

  testRequestsDoNotScaleWhatMovesBetweenGroups = {
    expr =
      refuses
        {
          deployment.strategy = "canary";
          database.engine = "postgresql";
          services.web.scaling = {
            min = 2;
            max = 4;
            requests = 100;
          };
        }
        "environments.here.services.web.scaling.requests = 100: AWS counts the requests of one target group";
    expected = true;
  };

  testACdnIsFoundByIpv6Too = {
    expr =
      let
        types =
          cdn:
          lib.unique (
            lib.sort lib.lessThan (
              map (record: record.type or null) (
                lib.filter (record: record ? alias) (
                  lib.attrValues
                    (resources {
                      domain = "shop.example.com";
                      cdn.enable = cdn;
                    }).aws_route53_record
                )
              )
            )
          );
      in
      map types [
        false
        true
      ];
    expected = [
      [ "A" ]
      [
        "A"
        "AAAA"
      ]
    ];
  };

  # Strict transport security of an apex with `includeSubDomains` binds names of other environments.
  testOnlyItsOwnNameIsBoundToEncryption = {
    expr =
      (resources { domain = "example.com"; })
      .aws_lb_listener.https.routing_http_response_strict_transport_security_header_value;
    expected = "max-age=31536000";
  };

  testImagesOfAnotherRegionNeedAWayThere = {
    expr = refuses {
      region = "eu-central-1";
      network.egress = "endpoints";
    } "environments.here.network.egress = \"endpoints\": images are in us-east-1";
    expected = true;
  };

  # The addresses of CloudFront are everybody's: a distribution of somebody else could lead here, too.
  testOnlyTheDistributionOfTheEnvironmentIsAnswered = {
    expr =
      let
        all = cdn: resources { cdn.enable = cdn; };
        said =
          rule:
          lib.concatMap (
            condition: lib.optionals (condition ? http_header) condition.http_header.values
          ) rule.condition;
        rulesOf = cdn: lib.attrValues (all cdn).aws_lb_listener_rule;
        origin = (all true).aws_cloudfront_distribution.main.origin;
        sent = map (header: header.value) origin.custom_header;
      in
      [
        (lib.filter (rule: said rule != sent) (rulesOf true))
        (lib.filter (rule: said rule != [ ]) (rulesOf false))
        (lib.length sent)
        (map (header: header.name) origin.custom_header
          == map (condition: condition.http_header.http_header_name) (
            lib.filter (condition: condition ? http_header) (lib.head (rulesOf true)).condition
          ))
      ];
    expected = [
      [ ]
      [ ]
      1
      true
    ];
  };

  # The header is one of the five values of a rule.
  testTheHeaderOfTheCdnTakesRoomInARule = {
    expr =
      let
        counts =
          cdn:
          map (rule: lib.length (lib.head rule.condition).path_pattern.values) (
            lib.attrValues
              (resources {
                cdn.enable = cdn;
                services.api.routes = [
                  "/api/a"
                  "/api/b"
                  "/api/c"
                  "/api/d"
                  "/api/e"
                ];
              }).aws_lb_listener_rule
          );
      in
      map (cdn: lib.sort lib.lessThan (counts cdn)) [
        false
        true
      ];
    expected = [
      [
        1
        5
      ]
      [
        1
        1
        4
      ]
    ];
  };

  # The side that closes an idle connection must be the load balancer, or it asks on one that is closed and answers 502.
  testAProgramKeepsConnectionsLongerThanTheLoadBalancer = {
    expr =
      let
        told =
          environment:
          lib.findFirst (one: one.name == "KEEP_ALIVE_SECONDS") { value = null; }
            (lib.head (
              builtins.fromJSON (resources environment).aws_ecs_task_definition.web.container_definitions
            )).environment;
      in
      [
        (told { }).value
        (told { loadbalancer.idleTimeout = 300; }).value
        (refuses {
          loadbalancer.idleTimeout = 300;
          services.web.keepAlive = 300;
        } "environments.here.services.web.keepAlive = 300: the load balancer keeps idle connections for 300 seconds")
      ];
    expected = [
      "75"
      "315"
      true
    ];
  };

  # A network that is made anew has its target groups before those of the old one go.
  testTargetGroupsOfAnotherNetworkHaveAnotherName = {
    expr =
      let
        name = network: (resources { inherit network; }).aws_lb_target_group.web.name;
      in
      [
        (name { })
        (name { cidr = "10.7.0.0/16"; } == name { })
        (name { cidr = "10.7.0.0/16"; } == name { cidr = "10.8.0.0/16"; })
      ];
    expected = [
      "shop-here-web-3000"
      false
      false
    ];
  };

  # The root is told of it; where a number is fixed, the schedule rests.
  testWhatAScheduleHasSetIsNotUndone = {
    expr =
      let
        said = eval {
          services.web.scaling = {
            min = 2;
            max = 4;
            schedule.night = {
              at = "cron(0 20 * * ? *)";
              min = 0;
              max = 1;
            };
          };
        };
        root = said.roots.here;
        target = root.resource.aws_appautoscaling_target.web;
      in
      {
        inherit (target) max_capacity;
        rests = target.suspended_state.scheduled_scaling_suspended;
        ranges = root.variable.ranges.default;
        schedule = said.stack.environments.here.services.web.schedule;
      };
    expected = {
      max_capacity = "\${lookup(var.tasks, \"web\", try(var.ranges[\"web\"].max, 4))}";
      rests = "\${contains(keys(var.tasks), \"web\")}";
      ranges = { };
      schedule.night = {
        min = 0;
        max = 1;
      };
    };
  };
}
