# VPC, subnets over the zones, and the way out.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) network prefix region;
  inherit (network) zones egress;
  cidr = import ../cidr.nix { inherit lib; };
  range = cidr.parse network.cidr;

  # Sixteen subnets: the first eight public, the others private.
  newBits = 4;
  firstPrivate = 8;

  vpc_id = "\${aws_vpc.main.id}";
  tagged = name: { tags.Name = "${prefix}-${name}"; };
  perZone = f: lib.listToAttrs (lib.imap0 f zones);
  subnets =
    kind: first:
    perZone (
      index: zone:
      lib.nameValuePair "${kind}_${zone}" (
        {
          inherit vpc_id;
          availability_zone = "${region}${zone}";
          cidr_block = cidr.subnet range newBits (first + index);
          map_public_ip_on_launch = false;
        }
        // tagged "${kind}-${zone}"
      )
    );
  ids = kind: map (zone: "\${aws_subnet.${kind}_${zone}.id}") zones;

  # The zones with a NAT gateway of their own.
  gateways =
    {
      nat-single = [ (lib.head zones) ];
      nat-per-zone = zones;
    }
    .${egress} or [ ];
  gatewayOf = zone: if lib.elem zone gateways then zone else lib.head gateways;
  toInternet = {
    destination_cidr_block = "0.0.0.0/0";
  };
in
{
  options.network.subnets = lib.mkOption {
    type = lib.types.attrsOf (lib.types.listOf lib.types.str);
    readOnly = true;
    description = "Ids of the subnets: `public`, `private`, those of `tasks`, and those of `data`.";
  };

  config = {
    network.subnets = {
      public = ids "public";
      private = ids "private";
      data = ids "private";
      tasks = ids (if egress == "public-ip" then "public" else "private");
    };

    resource = {
      aws_vpc.main = {
        cidr_block = network.cidr;
        enable_dns_hostnames = true;
        enable_dns_support = true;
        tags.Name = prefix;
      };

      # What nothing uses lets nothing through.
      aws_default_security_group.main = {
        inherit vpc_id;
      }
      // tagged "unused";

      aws_subnet = subnets "public" 0 // subnets "private" firstPrivate;

      aws_internet_gateway.main = {
        inherit vpc_id;
        tags.Name = prefix;
      };

      aws_route_table = {
        public = {
          inherit vpc_id;
        }
        // tagged "public";
      }
      // perZone (
        _: zone: lib.nameValuePair "private_${zone}" ({ inherit vpc_id; } // tagged "private-${zone}")
      );

      aws_route_table_association =
        perZone (
          _: zone:
          lib.nameValuePair "public_${zone}" {
            subnet_id = "\${aws_subnet.public_${zone}.id}";
            route_table_id = "\${aws_route_table.public.id}";
          }
        )
        // perZone (
          _: zone:
          lib.nameValuePair "private_${zone}" {
            subnet_id = "\${aws_subnet.private_${zone}.id}";
            route_table_id = "\${aws_route_table.private_${zone}.id}";
          }
        );

      aws_route = {
        public = toInternet // {
          route_table_id = "\${aws_route_table.public.id}";
          gateway_id = "\${aws_internet_gateway.main.id}";
        };
      }
      // lib.optionalAttrs (gateways != [ ]) (
        perZone (
          _: zone:
          lib.nameValuePair "private_${zone}" (
            toInternet
            // {
              route_table_id = "\${aws_route_table.private_${zone}.id}";
              nat_gateway_id = "\${aws_nat_gateway.${gatewayOf zone}.id}";
            }
          )
        )
      );

      aws_eip = lib.listToAttrs (
        map (zone: lib.nameValuePair "nat_${zone}" ({ domain = "vpc"; } // tagged "nat-${zone}")) gateways
      );
      aws_nat_gateway = lib.genAttrs gateways (
        zone:
        {
          allocation_id = "\${aws_eip.nat_${zone}.id}";
          subnet_id = "\${aws_subnet.public_${zone}.id}";
          depends_on = [ "aws_internet_gateway.main" ];
        }
        // tagged zone
      );
    };

    output.vpc_id = {
      description = "The network.";
      value = vpc_id;
    };
  };
}
