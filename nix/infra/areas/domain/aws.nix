# Certificate and DNS records: of the domain, and of the hosts of services.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) cdn domain;
  inherit (import ./hosts.nix { inherit environment lib; }) names zone;
  nameOf = lib.replaceStrings [ "." "*" ] [ "_" "any" ];
  resourceOf = one: if one == zone then "main" else nameOf one;
  idOf =
    one:
    if one == zone && domain.createZone then
      "\${aws_route53_zone.main.zone_id}"
    else
      "\${data.aws_route53_zone.${resourceOf one}.zone_id}";
  zones = lib.unique ([ zone ] ++ map (one: one.zone) names);
  others = map (one: one.name) (lib.tail names);

  # What proves a name proves the star before it: it is made once.
  stars = lib.filter (name: lib.hasPrefix "*." name && lib.elem (lib.removePrefix "*." name) all) all;
  all = map (one: one.name) names;
  once =
    lib.optionalString (stars != [ ])
      " if !contains([${lib.concatMapStringsSep ", " (name: "\"${name}\"") stars}], option.domain_name)";

  pointing = one: type: {
    inherit type;
    inherit (one) name;
    zone_id = idOf one.zone;
    alias =
      if cdn.enable then
        {
          name = "\${aws_cloudfront_distribution.main.domain_name}";
          zone_id = "\${aws_cloudfront_distribution.main.hosted_zone_id}";
          evaluate_target_health = false;
        }
      else
        {
          name = "\${aws_lb.main.dns_name}";
          zone_id = "\${aws_lb.main.zone_id}";
          evaluate_target_health = true;
        };
  };
  records =
    one:
    let
      resource = if one.name == domain.name then "main" else "host_${nameOf one.name}";
    in
    {
      ${resource} = pointing one "A";
    }
    # CloudFront answers by IPv6, too.
    // lib.optionalAttrs cdn.enable { "${resource}_ipv6" = pointing one "AAAA"; };
in
lib.mkIf (domain.name != null) {
  data.aws_route53_zone = lib.listToAttrs (
    map (one: lib.nameValuePair (resourceOf one) { name = one; }) (
      lib.filter (one: one != zone || !domain.createZone) zones
    )
  );

  locals = lib.mkIf (others != [ ]) {
    certificate_zones = lib.listToAttrs (map (one: lib.nameValuePair one.name (idOf one.zone)) names);
  };

  resource = {
    aws_route53_zone = lib.mkIf domain.createZone {
      main = {
        inherit (domain) name;
        comment = "Made for ${environment.prefix}";
      };
    };

    aws_acm_certificate.main = {
      domain_name = domain.name;
      subject_alternative_names = lib.mkIf (others != [ ]) others;
      validation_method = "DNS";
      tags.Name = environment.prefix;
      # A listener always has one.
      lifecycle.create_before_destroy = true;
    };
    aws_acm_certificate_validation.main = {
      certificate_arn = "\${aws_acm_certificate.main.arn}";
      validation_record_fqdns = "\${[for record in aws_route53_record.validation : record.fqdn]}";
    };

    aws_route53_record = {
      validation = {
        for_each = "\${{for option in aws_acm_certificate.main.domain_validation_options : option.domain_name => option${once}}}";
        zone_id = if others == [ ] then idOf zone else "\${local.certificate_zones[each.key]}";
        allow_overwrite = true;
        name = "\${each.value.resource_record_name}";
        type = "\${each.value.resource_record_type}";
        records = [ "\${each.value.resource_record_value}" ];
        ttl = 60;
      };
    }
    // lib.concatMapAttrs (_: records) (
      lib.listToAttrs (map (one: lib.nameValuePair one.name one) names)
    );
  };

  output = lib.mkIf domain.createZone {
    name_servers = {
      description = "Where the parent of the zone has to point to.";
      value = "\${aws_route53_zone.main.name_servers}";
    };
  };
}
