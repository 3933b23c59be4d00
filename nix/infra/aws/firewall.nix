# A security group for each service: in from those that ask it, out to what it needs, by exact ports.
{
  lib,
  environment,
  references,
  ...
}:
let
  inherit (environment) network prefix services;
  onlyEndpoints = network.egress == "endpoints";
  https = 443;
  group = name: "\${aws_security_group.${name}.id}";
  rule =
    security_group_id: port: more:
    {
      inherit security_group_id;
      ip_protocol = "tcp";
      from_port = port;
      to_port = port;
    }
    // more;

  pairs = lib.concatLists (
    lib.mapAttrsToList (
      client:
      map (server: {
        inherit client server;
      })
    ) references.of
  );
  each = f: lib.listToAttrs (map f pairs);
in
{
  data = lib.mkIf onlyEndpoints {
    aws_ec2_managed_prefix_list.s3.name = "com.amazonaws.${environment.region}.s3";
  };

  resource = {
    aws_security_group = lib.mapAttrs (name: _: {
      name = "${prefix}-${name}";
      description = "Tasks of ${name} in ${prefix}";
      vpc_id = "\${aws_vpc.main.id}";
      tags.Name = "${prefix}-${name}";
    }) services;

    aws_vpc_security_group_ingress_rule = each (
      { client, server }:
      lib.nameValuePair "${server}_from_${client}" (
        rule (group server) services.${server}.port {
          description = "Requests from ${client}";
          referenced_security_group_id = group client;
        }
      )
    );

    aws_vpc_security_group_egress_rule =
      each (
        { client, server }:
        lib.nameValuePair "${client}_to_${server}" (
          rule (group client) services.${server}.port {
            description = "Requests to ${server}";
            referenced_security_group_id = group server;
          }
        )
      )
      // lib.concatMapAttrs (
        name: service:
        if onlyEndpoints then
          {
            "${name}_to_endpoints" = rule (group name) https {
              description = "Services of AWS";
              referenced_security_group_id = group "endpoints";
            };
            "${name}_to_s3" = rule (group name) https {
              description = "Layers of images";
              prefix_list_id = "\${data.aws_ec2_managed_prefix_list.s3.id}";
            };
          }
        else
          lib.listToAttrs (
            map (
              port:
              lib.nameValuePair "${name}_out_${toString port}" (
                rule (group name) port {
                  description =
                    if port == https then
                      "Services of AWS, and whatever else speaks HTTPS"
                    else
                      "Port ${toString port}";
                  cidr_ipv4 = "0.0.0.0/0";
                }
              )
            ) (lib.unique service.egress)
          )
      ) services;
  };
}
