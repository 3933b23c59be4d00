# Certificate and DNS records.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) domain;
  labels = lib.splitString "." domain.name;
  parent = lib.concatStringsSep "." (if lib.length labels > 2 then lib.tail labels else labels);
  zone = if domain.zone != null then domain.zone else parent;
  zone_id =
    if domain.createZone then
      "\${aws_route53_zone.main.zone_id}"
    else
      "\${data.aws_route53_zone.main.zone_id}";
in
lib.mkIf (domain.name != null) {
  data = lib.mkIf (!domain.createZone) { aws_route53_zone.main.name = zone; };

  resource = {
    aws_route53_zone = lib.mkIf domain.createZone {
      main = {
        inherit (domain) name;
        comment = "Made for ${environment.prefix}";
      };
    };

    aws_acm_certificate.main = {
      domain_name = domain.name;
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
        for_each = "\${{for option in aws_acm_certificate.main.domain_validation_options : option.domain_name => option}}";
        inherit zone_id;
        allow_overwrite = true;
        name = "\${each.value.resource_record_name}";
        type = "\${each.value.resource_record_type}";
        records = [ "\${each.value.resource_record_value}" ];
        ttl = 60;
      };
      main = {
        inherit zone_id;
        inherit (domain) name;
        type = "A";
        alias =
          if environment.cdn.enable then
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
    };
  };

  output = lib.mkIf domain.createZone {
    name_servers = {
      description = "Where the parent of the zone has to point to.";
      value = "\${aws_route53_zone.main.name_servers}";
    };
  };
}
