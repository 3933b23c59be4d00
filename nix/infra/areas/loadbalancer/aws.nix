# The load balancer and its listeners. Rules are in ../routing/aws.nix.
{
  lib,
  config,
  environment,
  names,
  securityGroups,
  ...
}:
let
  inherit (environment)
    cdn
    domain
    loadbalancer
    prefix
    ;
  encrypted = domain.name != null;
  serving = if encrypted then "https" else "http";

  # No software or version is anybody's business.
  headers = {
    routing_http_response_server_enabled = false;
  };
  # A request that no rule wants.
  nothing = [
    {
      type = "fixed-response";
      fixed_response = {
        content_type = "text/plain";
        message_body = "Not Found";
        status_code = "404";
      };
    }
  ];
  # Behind a CDN, nobody else has business here.
  sources =
    if cdn.enable then
      { prefix_list_ids = [ "\${data.aws_ec2_managed_prefix_list.cloudfront.id}" ]; }
    else
      { cidr_blocks = loadbalancer.from; };
  ports = lib.optional (!(cdn.enable && encrypted)) 80 ++ lib.optional encrypted 443;
in
{
  imports = [ ./accesslogs.nix ];

  options.loadbalancer.listener = lib.mkOption {
    type = lib.types.str;
    readOnly = true;
    description = "Name of the listener whose rules forward to services.";
  };
  options.loadbalancer.url = lib.mkOption {
    type = lib.types.str;
    readOnly = true;
    description = "Where people find the environment, without a slash at its end.";
  };

  config = {
    loadbalancer.listener = serving;
    loadbalancer.url =
      if encrypted then
        "https://${domain.name}"
      else if cdn.enable then
        "https://\${aws_cloudfront_distribution.main.domain_name}"
      else
        "http://\${aws_lb.main.dns_name}";

    resource = {
      # The list of the CDN's addresses fills a security group: it is there once.
      aws_security_group.loadbalancer =
        securityGroups.group "loadbalancer" "The load balancer of ${prefix}"
        // {
          ingress = map (port: securityGroups.letIn port "Visitors" sources) ports;
        };

      aws_lb.main = {
        name = names.loadBalancer;
        load_balancer_type = "application";
        internal = false;
        security_groups = [ (securityGroups.id "loadbalancer") ];
        subnets = config.network.subnets.public;
        idle_timeout = loadbalancer.idleTimeout;
        drop_invalid_header_fields = true;
        desync_mitigation_mode = "defensive";
        xff_header_processing_mode = "append";
        enable_deletion_protection = environment.protected;
        # AWS refuses one that faces an internet to which there is no way yet.
        depends_on = [
          "aws_internet_gateway.main"
          "aws_route.public"
        ];
      };

      aws_lb_listener = {
        http = {
          load_balancer_arn = "\${aws_lb.main.arn}";
          port = 80;
          protocol = "HTTP";
          default_action =
            if encrypted then
              [
                {
                  type = "redirect";
                  redirect = {
                    port = "443";
                    protocol = "HTTPS";
                    status_code = "HTTP_301";
                  };
                }
              ]
            else
              nothing;
        }
        // headers;
      }
      // lib.optionalAttrs encrypted {
        https = {
          load_balancer_arn = "\${aws_lb.main.arn}";
          port = 443;
          protocol = "HTTPS";
          ssl_policy = loadbalancer.tlsPolicy;
          certificate_arn = "\${aws_acm_certificate_validation.main.certificate_arn}";
          default_action = nothing;
        }
        // headers
        // lib.optionalAttrs (loadbalancer.hsts != null) {
          routing_http_response_strict_transport_security_header_value = loadbalancer.hsts;
        };
      };
    };

    output = {
      alb_dns_name = {
        description = "The load balancer's own name.";
        value = "\${aws_lb.main.dns_name}";
      };
      alb_zone_id = {
        description = "The zone of that name, for records that point to it.";
        value = "\${aws_lb.main.zone_id}";
      };
      application_url = {
        description = "Where people find the application.";
        value = config.loadbalancer.url;
      };
    };
  };
}
