# Ways to AWS's services that do not go over the internet. The one to S3 is free, and image layers come from there.
{
  lib,
  environment,
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
  interfaces = lib.optionals (network.egress == "endpoints") (
    lib.unique (needed ++ network.endpoints)
  );
  vpc_id = "\${aws_vpc.main.id}";
in
{
  resource = {
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
        lib.nameValuePair (lib.replaceStrings [ "." ] [ "_" ] service) {
          inherit vpc_id;
          service_name = "com.amazonaws.${region}.${service}";
          vpc_endpoint_type = "Interface";
          private_dns_enabled = true;
          subnet_ids = map (zone: "\${aws_subnet.private_${zone}.id}") network.zones;
          security_group_ids = [ "\${aws_security_group.endpoints.id}" ];
          tags.Name = "${prefix}-${service}";
        }
      ) interfaces
    );

    aws_security_group = lib.optionalAttrs (interfaces != [ ]) {
      endpoints = {
        inherit vpc_id;
        name = "${prefix}-endpoints";
        description = "The way of ${prefix} to the services of AWS";
        tags.Name = "${prefix}-endpoints";
      };
    };

    aws_vpc_security_group_ingress_rule = lib.optionalAttrs (interfaces != [ ]) (
      lib.mapAttrs' (
        service: _:
        lib.nameValuePair "endpoints_from_${service}" {
          security_group_id = "\${aws_security_group.endpoints.id}";
          description = "HTTPS from ${service}";
          referenced_security_group_id = "\${aws_security_group.${service}.id}";
          ip_protocol = "tcp";
          from_port = 443;
          to_port = 443;
        }
      ) services
    );
  };
}
