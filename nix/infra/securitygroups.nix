# Security groups, and who may connect to whom. A connection is a rule out of one group and a rule into the other.
#
# What a group lets in is said by the group itself: Terraform then takes away what anybody adds by hand. What it lets out are
# resources of their own: groups that name each other can't be made in any order. Provider 5.100 has nothing that would claim
# all of those.
{ lib, environment }:
let
  inherit (environment) prefix;
  id = name: "\${aws_security_group.${name}.id}";
  tcp = port: {
    ip_protocol = "tcp";
    from_port = port;
    to_port = port;
  };
  way = from: to: "${from}_to_${to}";

  # Each attribute is there: Terraform wants all of them in a rule of this kind.
  allow =
    port: description: sources:
    {
      inherit description;
      protocol = "tcp";
      from_port = port;
      to_port = port;
      cidr_blocks = [ ];
      ipv6_cidr_blocks = [ ];
      prefix_list_ids = [ ];
      security_groups = [ ];
      self = false;
    }
    // sources;

  group = name: description: {
    name = "${prefix}-${name}";
    inherit description;
    vpc_id = "\${aws_vpc.main.id}";
    # What may come in is added to it.
    ingress = [ ];
    tags.Name = "${prefix}-${name}";
  };
in
{
  inherit group id tcp;
  letIn = allow;

  # Of what answers only.
  answering = name: description: group name description // { egress = [ ]; };

  # The address of the rule by which one reaches the other.
  wayTo = from: to: "aws_vpc_security_group_egress_rule.${way from to}";

  # The resources of a list of { from, to, port, out, into }: two groups, and the descriptions of the two rules.
  connect =
    connections:
    lib.mkMerge (
      map (one: {
        aws_vpc_security_group_egress_rule.${way one.from one.to} = tcp one.port // {
          description = one.out;
          security_group_id = id one.from;
          referenced_security_group_id = id one.to;
        };
        aws_security_group.${one.to}.ingress = [
          (allow one.port one.into { security_groups = [ (id one.from) ]; })
        ];
      }) connections
    );
}
