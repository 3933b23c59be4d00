# VPC, subnets over the zones, and the way out.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) network prefix region;
  inherit (network) zones egress;
  cidr = import ./cidr.nix { inherit lib; };
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

  names = map (zone: region + zone) zones;
  # Where Fargate is in some of the zones alone, by what these are called in every account.
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
  ofFargate =
    {
      ap-northeast-1 = [
        "apne1-az1"
        "apne1-az2"
        "apne1-az4"
      ];
      us-west-1 = [
        "usw1-az1"
        "usw1-az3"
      ];
    }
    .${region} or null;
  said = "environments.${environment.name}.network.zones";
in
{
  imports = [
    ./acls.nix
    ./endpoints.nix
    ./flowlogs.nix
  ];

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

    # A task that starts before there is a way out can't have its image.
    tasks = lib.mapAttrs (_: _: {
      after =
        if egress == "public-ip" then
          [ "aws_route.public" ] ++ map (zone: "aws_route_table_association.public_${zone}") zones
        else
          map (zone: "aws_route_table_association.private_${zone}") zones
          ++ lib.optionals (gateways != [ ]) (map (zone: "aws_route.private_${zone}") zones);
    }) environment.services;

    # Which letters there are is up to the account. A plan asks, before anything is made.
    data.aws_availability_zones.here = {
      filter = [
        {
          name = "zone-type";
          values = [ "availability-zone" ];
        }
      ];
      lifecycle.postcondition = [
        {
          condition = "\${length(setsubtract(${builtins.toJSON names}, self.names)) == 0}";
          error_message = "${said}: the account has no zones but \${join(\", \", self.names)}; name others of them.";
        }
      ]
      ++ lib.optional (ofFargate != null) {
        condition = "\${length(setsubtract([for zone in ${builtins.toJSON names} : lookup(zipmap(self.names, self.zone_ids), zone, \"\")], ${builtins.toJSON ofFargate})) == 0}";
        error_message = "${said}: Fargate is in ${lib.concatStringsSep ", " ofFargate} alone, and the zones of the account are \${jsonencode(zipmap(self.names, self.zone_ids))}; name others of them.";
      };
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
