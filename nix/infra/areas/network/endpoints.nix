# Ways to AWS's services that do not go over the internet. The one to S3 is free, and image layers come from there.
{
  lib,
  environment,
  securityGroups,
  ...
}:
let
  inherit (environment)
    network
    prefix
    region
    services
    ;
  any = test: lib.any test (lib.attrValues services);
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
  needed = [
    "ecr.api"
    "ecr.dkr"
    "logs"
  ]
  ++ lib.optional (any (service: service.secrets != { })) "secretsmanager"
  ++ lib.optional (any (service: service.exec)) "ssmmessages";
  closed = network.egress == "endpoints";
  interfaces = lib.optionals closed (lib.unique (needed ++ network.endpoints));
  resourceOf = lib.replaceStrings [ "." ] [ "_" ];
  vpc_id = "\${aws_vpc.main.id}";
  names = [ "s3" ] ++ map resourceOf interfaces;
in
{
  # An image comes by them.
  tasks = lib.mapAttrs (name: _: {
    after =
      map (one: "aws_vpc_endpoint.${one}") names
      ++ lib.optional closed (securityGroups.wayTo name "endpoints");
  }) services;

  resource = lib.mkMerge [
    {
      aws_vpc_endpoint = {
        s3 = {
          inherit vpc_id;
          service_name = "com.amazonaws.${region}.s3";
          vpc_endpoint_type = "Gateway";
          route_table_ids = [
            "\${aws_route_table.public.id}"
          ]
          ++ map (zone: "\${aws_route_table.private_${zone}.id}") network.zones;
          tags.Name = "${prefix}-s3";
        };
      }
      // lib.listToAttrs (
        map (
          service:
          lib.nameValuePair (resourceOf service) {
            inherit vpc_id;
            service_name = "com.amazonaws.${region}.${service}";
            vpc_endpoint_type = "Interface";
            private_dns_enabled = true;
            subnet_ids = map (zone: "\${aws_subnet.private_${zone}.id}") network.zones;
            security_group_ids = [ (securityGroups.id "endpoints") ];
            tags.Name = "${prefix}-${service}";
          }
        ) interfaces
      );

      aws_security_group = lib.optionalAttrs closed {
        endpoints = securityGroups.answering "endpoints" "The way of ${prefix} to the services of AWS";
      };
    }
    (securityGroups.connect (
      lib.optionals closed (
        map (service: {
          port = 443;
          from = service;
          to = "endpoints";
          out = "Services of AWS";
          into = "HTTPS from ${service}";
        }) (lib.attrNames services)
      )
    ))
  ];
}
