# A security group for each service: in from those that ask it, out to what it needs, by exact ports.
{
  lib,
  environment,
  references,
  securityGroups,
  ...
}:
let
  inherit (environment) network prefix services;
  onlyEndpoints = network.egress == "endpoints";
  https = 443;

  connections = lib.concatLists (
    lib.mapAttrsToList (
      client:
      map (server: {
        inherit (services.${server}) port;
        from = client;
        to = server;
        out = "Requests to ${server}";
        into = "Requests from ${client}";
      })
    ) references.of
  );

  # To what has no group of its own.
  out =
    name: port: description: where:
    securityGroups.tcp port
    // {
      security_group_id = securityGroups.id name;
      inherit description;
    }
    // where;
in
{
  data = lib.mkIf onlyEndpoints {
    aws_ec2_managed_prefix_list.s3.name = "com.amazonaws.${environment.region}.s3";
  };

  tasks = lib.mapAttrs (name: service: {
    after =
      map (rule: "aws_vpc_security_group_egress_rule.${rule}") (
        if onlyEndpoints then
          [ "${name}_to_s3" ]
        else
          map (port: "${name}_out_${toString port}") (lib.unique service.egress)
      )
      ++ map (securityGroups.wayTo name) references.of.${name};
  }) services;

  resource = lib.mkMerge [
    (securityGroups.connect connections)
    {
      aws_security_group = lib.mapAttrs (
        name: _: securityGroups.group name "Tasks of ${name} in ${prefix}"
      ) services;

      aws_vpc_security_group_egress_rule = lib.concatMapAttrs (
        name: service:
        if onlyEndpoints then
          {
            "${name}_to_s3" = out name https "Layers of images" {
              prefix_list_id = "\${data.aws_ec2_managed_prefix_list.s3.id}";
            };
          }
        else
          lib.listToAttrs (
            map (
              port:
              lib.nameValuePair "${name}_out_${toString port}" (
                out name port (
                  if port == https then "Services of AWS, and whatever else speaks HTTPS" else "Port ${toString port}"
                ) { cidr_ipv4 = "0.0.0.0/0"; }
              )
            ) (lib.unique service.egress)
          )
      ) services;
    }
  ];
}
