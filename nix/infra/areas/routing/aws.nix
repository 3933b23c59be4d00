# Target groups, and the rules that forward to them.
{
  lib,
  config,
  environment,
  names,
  securityGroups,
  ...
}:
let
  routing = import ../../routing.nix {
    inherit lib;
    cdn = cdn.enable;
  };
  inherit (environment)
    cdn
    deployment
    domain
    services
    ;
  rules = routing.all services;
  rolling = deployment.strategy == "rolling";
  reached = lib.filterAttrs (_: service: service.routes != [ ]) services;

  group = suffix: name: service: {
    # Neither a port nor a network can be changed: with them in the name, the new group can be there before the old one goes.
    name = names.targetGroup suffix "${name}-${toString service.port}${ofNetwork}";
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
  ofNetwork = lib.optionalString (
    environment.network.cidr != "10.0.0.0/16"
  ) "-${lib.substring 0 4 (builtins.hashString "sha256" environment.network.cidr)}";
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
    {
      name,
      priority,
      service,
      ...
    }@one:
    lib.nameValuePair name (
      {
        listener_arn = "\${aws_lb_listener.${config.loadbalancer.listener}.arn}";
        inherit priority;
        condition = [
          { path_pattern.values = one.paths; }
        ]
        ++ lib.optional (one ? hosts) { host_header.values = one.hosts; }
        ++ lib.optional cdn.enable { http_header = config.cdn.header; };
        action = [ (forward service) ];
      }
      # What a rule wants, CloudFront sends already: an environment that is there is answered all the time.
      // lib.optionalAttrs cdn.enable { depends_on = [ "aws_cloudfront_distribution.main" ]; }
      # ECS moves the weights, and Terraform must not move them back.
      # But where its groups are others, as with another strategy or port, the rule has to be made anew to name them.
      // lib.optionalAttrs (!rolling) {
        lifecycle = {
          ignore_changes = [ "action" ];
          replace_triggered_by = map (group: "aws_lb_target_group.${group}.arn") [
            service
            "${service}_green"
          ];
        };
      }
    );

  # Where clients of a service's API find it: the first address at or below /api that the rules send to it, or null.
  apiOf =
    name: service:
    let
      routes = lib.filter (lib.hasPrefix "/api") service.routes;
      beginning = route: lib.head (builtins.split "[*?]" route);
      paths =
        lib.filter (path: lib.any (route: routing.matches route path) routes) [
          "/api"
          "/api/"
        ]
        ++ map beginning (lib.filter (lib.hasPrefix "/api/") routes);
      hosts = lib.filter (host: routing.wild host == 0) service.hosts;
      found = lib.findFirst (one: routing.receiver rules one == name) null (
        lib.cartesianProduct {
          host = [ domain.name ] ++ hosts;
          path = paths;
        }
      );
      base = if found.host == domain.name then config.loadbalancer.url else "${scheme}://${found.host}";
      scheme = if domain.name == null then "http" else "https";
    in
    if found == null then null else base + found.path;
in
{
  tasks = lib.mapAttrs (name: service: {
    after = [ (securityGroups.wayTo "loadbalancer" name) ];
    environment.KEEP_ALIVE_SECONDS = toString service.keepAlive;
  }) reached;

  resource = lib.mkMerge [
    {
      aws_lb_target_group =
        lib.mapAttrs (group (lib.optionalString (!rolling) "-b")) reached
        // lib.optionalAttrs (!rolling) (
          lib.mapAttrs' (name: service: lib.nameValuePair "${name}_green" (group "-g" name service)) reached
        );

      aws_lb_listener_rule = lib.listToAttrs (map rule rules);
    }
    (securityGroups.connect (
      lib.mapAttrsToList (name: service: {
        inherit (service) port;
        from = "loadbalancer";
        to = name;
        out = "Requests to ${name}";
        into = "Requests from the load balancer";
      }) reached
    ))
  ];

  output = lib.mapAttrs' (
    name: address:
    lib.nameValuePair "${name}_api_url" {
      description = "Where clients of the API find it.";
      value = address;
    }
  ) (lib.filterAttrs (_: address: address != null) (lib.mapAttrs apiOf reached));
}
