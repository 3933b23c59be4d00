# CloudFront. AWS's managed policies are named by their ids, which are the same in every account.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) cdn domain region;
  named = domain.name != null;
  # The domain first.
  names = map (one: one.name) (import ../domain/hosts.nix { inherit environment lib; }).names;
  # CloudFront takes certificates from us-east-1 only.
  elsewhere = region != "us-east-1";
  provider = "aws.us_east_1";

  cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
  cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
  # Everything that the visitor sent, the host's name included: the load balancer's rules and its certificate want it.
  allViewer = "216adef6-5c7f-47e4-b989-5492eafa07d3";

  all = [
    "GET"
    "HEAD"
    "OPTIONS"
    "PUT"
    "PATCH"
    "POST"
    "DELETE"
  ];
  behaviour = {
    target_origin_id = "loadbalancer";
    viewer_protocol_policy = "redirect-to-https";
    allowed_methods = all;
    cached_methods = [
      "GET"
      "HEAD"
    ];
    compress = true;
    cache_policy_id = cachingDisabled;
    origin_request_policy_id = allViewer;
  };

  certificate = if elsewhere then "cdn" else "main";

  # The addresses of CloudFront are everybody's: a distribution of somebody else could lead to the load balancer, too, and
  # around the firewall. Only ours knows this.
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
  secret = "\${sensitive(terraform_data.cdn.output)}";
  header = {
    http_header_name = "x-driftless-cdn";
    values = [ secret ];
  };
in
{
  options.cdn.header = lib.mkOption {
    type = lib.types.attrsOf lib.types.anything;
    readOnly = true;
    description = "The header that a request of the environment's own distribution has, as a condition of a rule.";
  };

  config = lib.mkMerge [ { cdn.header = header; } (lib.mkIf cdn.enable {
  resource = {
    # Made once, by Terraform itself.
    terraform_data.cdn = {
      input = "\${uuid()}";
      lifecycle.ignore_changes = [ "input" ];
    };

    aws_cloudfront_distribution.main = {
      comment = environment.prefix;
      enabled = true;
      is_ipv6_enabled = true;
      http_version = "http2and3";
      price_class = cdn.priceClass;
      aliases = lib.mkIf named names;

      origin = {
        origin_id = "loadbalancer";
        domain_name = "\${aws_lb.main.dns_name}";
        # CloudFront sends it in place of one that the visitor sent.
        custom_header = [
          {
            name = header.http_header_name;
            value = secret;
          }
        ];
        custom_origin_config = {
          http_port = 80;
          https_port = 443;
          origin_protocol_policy = if named then "https-only" else "http-only";
          origin_ssl_protocols = [ "TLSv1.2" ];
          origin_read_timeout = 60;
        };
      };

      default_cache_behavior = behaviour;
      ordered_cache_behavior = map (
        path:
        behaviour
        // {
          path_pattern = path;
          cache_policy_id = cachingOptimized;
        }
      ) cdn.cached;

      restrictions.geo_restriction.restriction_type = "none";
      viewer_certificate =
        if named then
          {
            acm_certificate_arn = "\${aws_acm_certificate_validation.${certificate}.certificate_arn}";
            ssl_support_method = "sni-only";
            minimum_protocol_version = "TLSv1.2_2021";
          }
        else
          { cloudfront_default_certificate = true; };
    };

    aws_acm_certificate = lib.mkIf (named && elsewhere) {
      cdn = {
        inherit provider;
        domain_name = domain.name;
        subject_alternative_names = lib.mkIf (lib.length names > 1) (lib.tail names);
        validation_method = "DNS";
        lifecycle.create_before_destroy = true;
      };
    };
    # The record that proves the first certificate proves this one: AWS asks for the same in every region.
    aws_acm_certificate_validation = lib.mkIf (named && elsewhere) {
      cdn = {
        inherit provider;
        certificate_arn = "\${aws_acm_certificate.cdn.arn}";
      };
    };
  };

  # Only CloudFront connects to the load balancer.
  data.aws_ec2_managed_prefix_list.cloudfront.name = "com.amazonaws.global.cloudfront.origin-facing";

  output.cdn_domain_name = {
    description = "CloudFront's own name for the environment.";
    value = "\${aws_cloudfront_distribution.main.domain_name}";
  };
}) ];
}
