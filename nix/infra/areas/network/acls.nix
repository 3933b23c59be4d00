# Network ACLs know nothing of connections: what comes back to a port that a connection was opened from has to be let in.
{
  lib,
  config,
  environment,
  ...
}:
let
  inherit (environment) network networkAcls prefix;
  anywhere = "0.0.0.0/0";
  any = {
    protocol = "-1";
    from_port = 0;
    to_port = 0;
  };
  ports = protocol: from_port: to_port: { inherit protocol from_port to_port; };

  acl = kind: {
    vpc_id = "\${aws_vpc.main.id}";
    subnet_ids = config.network.subnets.${kind};
    tags.Name = "${prefix}-${kind}";
  };
  rules =
    kind: egress:
    lib.imap1 (
      index: rule:
      lib.nameValuePair "${kind}_${if egress then "out" else "in"}_${toString index}" (
        {
          network_acl_id = "\${aws_network_acl.${kind}.id}";
          rule_number = index * 100;
          rule_action = "allow";
          inherit egress;
        }
        // rule
      )
    );

  inside = any // {
    cidr_block = network.cidr;
  };
  # Tasks open connections from ports of Linux's range, load balancers and NAT gateways from any that is not reserved.
  answers =
    first:
    map (protocol: ports protocol first 65535 // { cidr_block = anywhere; }) [
      "tcp"
      "udp"
    ];
  visitors = map (port: ports "tcp" port port // { cidr_block = anywhere; }) [
    80
    443
  ];
  # What may be asked of the outside is for security groups to say.
  outside = [ (any // { cidr_block = anywhere; }) ];
  all = lib.listToAttrs (
    rules "private" false ([ inside ] ++ answers 32768)
    ++ rules "private" true outside
    ++ rules "public" false ([ inside ] ++ visitors ++ answers 1024)
    ++ rules "public" true outside
  );
in
lib.mkIf networkAcls.enable {
  tasks = lib.mapAttrs (_: _: {
    after = map (rule: "aws_network_acl_rule.${rule}") (lib.attrNames all);
  }) environment.services;

  resource = {
    aws_network_acl = lib.genAttrs [ "private" "public" ] acl;
    aws_network_acl_rule = all;
  };
}
