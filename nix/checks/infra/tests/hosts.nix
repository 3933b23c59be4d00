# Hosts of services where requests are encrypted: each has a name in the certificate, and a record that leads to it.
{ lib, eval, ... }:
let
  evaluated =
    domain: hosts: more:
    eval {
      services.web = {
        port = 80;
        routes = [ "/*" ];
        inherit hosts;
      };
      environments.here = {
        inherit domain;
      }
      // more;
    };
  resources = domain: hosts: (evaluated domain hosts { }).roots.here.resource;
  failed =
    domain: hosts: more:
    (evaluated domain hosts more).failed;
  two = {
    name = "www.example.com";
    zones = [ "example.org" ];
  };
  hosts = [
    "www.example.com"
    "Example.com"
    "*.example.org"
    "example.org"
  ];
in
{
  testACertificateIsForAllHosts = {
    expr = (resources two hosts).aws_acm_certificate.main.subject_alternative_names;
    expected = [
      "*.example.org"
      "example.com"
      "example.org"
    ];
  };

  testEachHostHasARecordInItsZone = {
    expr = lib.mapAttrsToList (_: record: [
      record.name
      record.zone_id
    ]) (lib.filterAttrs (_: record: record ? alias) (resources two hosts).aws_route53_record);
    expected = [
      [
        "*.example.org"
        "\${data.aws_route53_zone.example_org.zone_id}"
      ]
      [
        "example.com"
        "\${data.aws_route53_zone.main.zone_id}"
      ]
      [
        "example.org"
        "\${data.aws_route53_zone.example_org.zone_id}"
      ]
      [
        "www.example.com"
        "\${data.aws_route53_zone.main.zone_id}"
      ]
    ];
  };

  # A name and the star before it are proved by the same record.
  testACertificateIsProvedInTheZoneOfEachName = {
    expr =
      let
        inherit (evaluated two hosts { }) roots;
        inherit (roots.here.resource.aws_route53_record) validation;
      in
      [
        roots.here.locals.certificate_zones
        validation.zone_id
        (lib.hasInfix "if !contains([\"*.example.org\"], option.domain_name)" validation.for_each)
      ];
    expected = [
      {
        "www.example.com" = "\${data.aws_route53_zone.main.zone_id}";
        "example.com" = "\${data.aws_route53_zone.main.zone_id}";
        "example.org" = "\${data.aws_route53_zone.example_org.zone_id}";
        "*.example.org" = "\${data.aws_route53_zone.example_org.zone_id}";
      }
      "\${local.certificate_zones[each.key]}"
      true
    ];
  };

  testAHostWithoutAZoneIsRefused = {
    expr = map (one: lib.length (failed one.domain one.hosts { })) [
      {
        domain = "www.example.com";
        hosts = [ "example.org" ];
      }
      {
        domain = {
          name = "www.example.com";
          createZone = true;
        };
        hosts = [ "example.com" ];
      }
      # No certificate has such a name, and none that there is fits.
      {
        domain = "www.example.com";
        hosts = [ "api?.example.com" ];
      }
      {
        domain = "www.example.com";
        hosts = [ "w?w.example.com" ];
      }
      # Not encrypted, so whose name it is does not matter.
      {
        domain = { };
        hosts = [ "example.org" ];
      }
    ];
    expected = [
      1
      1
      1
      0
      0
    ];
  };

  testItIsSaidWhichZoneIsMissing = {
    expr = failed "www.example.com" [ "example.org" ] { };
    expected = [
      "environments.here.services.web.hosts: `example.org` is not in the zone example.com, so it would have neither a certificate nor a record; name its zone, which must be in Route 53, in `environments.here.domain.zones`"
    ];
  };

  testACdnHasTheNamesToo = {
    expr =
      let
        all =
          (evaluated two hosts {
            cdn.enable = true;
            region = "eu-west-1";
          }).roots.here.resource;
      in
      [
        all.aws_cloudfront_distribution.main.aliases
        all.aws_acm_certificate.cdn.subject_alternative_names
      ];
    expected = [
      [
        "www.example.com"
        "*.example.org"
        "example.com"
        "example.org"
      ]
      [
        "*.example.org"
        "example.com"
        "example.org"
      ]
    ];
  };

  testACdnWithoutADomainHasNoHosts = {
    expr = failed { } [ "www.example.com" ] { cdn.enable = true; };
    expected = [
      "environments.here.services.web.hosts: without a domain CloudFront answers by its own name alone, so nobody would reach www.example.com; say `environments.here.domain`, or leave hosts out"
    ];
  };
}
