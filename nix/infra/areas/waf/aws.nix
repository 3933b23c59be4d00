# The web ACL: refused addresses, then AWS's rule groups, then the limit of each address. It is in front of the CDN where
# there is one: behind it, all requests come from the CDN's addresses.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) waf;
  cdn = environment.cdn.enable;
  home = lib.optionalAttrs (cdn && environment.region != "us-east-1") { provider = "aws.us_east_1"; };
  scope = if cdn then "CLOUDFRONT" else "REGIONAL";

  watched = name: {
    cloudwatch_metrics_enabled = true;
    metric_name = "${environment.prefix}-${name}";
    # Samples hold headers, and headers hold secrets.
    sampled_requests_enabled = false;
  };

  managed = group: {
    name = group;
    override_action = if lib.elem group waf.observed then { count = { }; } else { none = { }; };
    statement.managed_rule_group_statement = {
      vendor_name = "AWS";
      name = group;
    }
    // lib.optionalAttrs (group == "AWSManagedRulesCommonRuleSet" && waf.largeBodies) {
      rule_action_override = [
        {
          name = "SizeRestrictions_BODY";
          action_to_use.count = { };
        }
      ];
    };
    visibility_config = watched group;
  };

  refused = {
    name = "refused-addresses";
    action.block = { };
    statement.ip_set_reference_statement.arn = "\${aws_wafv2_ip_set.refused.arn}";
    visibility_config = watched "refused-addresses";
  };

  limited = {
    name = "rate-limit";
    action.block.custom_response.response_code = 429;
    statement.rate_based_statement = {
      limit = waf.rateLimit;
      aggregate_key_type = "IP";
      evaluation_window_sec = 300;
    };
    visibility_config = watched "rate-limit";
  };

  rules =
    lib.optional (waf.blocked != [ ]) refused
    ++ map managed waf.managedRules
    ++ lib.optional (waf.rateLimit != null) limited;
in
lib.mkIf waf.enable {
  resource = {
    aws_wafv2_web_acl.main = home // {
      name = environment.prefix;
      inherit scope;
      default_action.allow = { };
      rule = lib.imap1 (index: rule: rule // { priority = index * 10; }) rules;
      visibility_config = watched "all";
    };
    aws_wafv2_ip_set = lib.mkIf (waf.blocked != [ ]) {
      refused = home // {
        name = "${environment.prefix}-refused";
        inherit scope;
        ip_address_version = "IPV4";
        addresses = waf.blocked;
      };
    };
    aws_wafv2_web_acl_association = lib.mkIf (!cdn) {
      main = {
        resource_arn = "\${aws_lb.main.arn}";
        web_acl_arn = "\${aws_wafv2_web_acl.main.arn}";
      };
    };
    aws_cloudfront_distribution = lib.mkIf cdn {
      main.web_acl_id = "\${aws_wafv2_web_acl.main.arn}";
    };

    # WAF writes to groups with this prefix only.
    aws_cloudwatch_log_group = lib.mkIf waf.logs {
      waf =
        home
        // {
          name = "aws-waf-logs-${environment.prefix}";
          retention_in_days = waf.days;
        }
        # The key is in the environment's region.
        // lib.optionalAttrs (environment.encryption.ownKey && home == { }) {
          kms_key_id = "\${aws_kms_key.main.arn}";
        };
    };
    aws_wafv2_web_acl_logging_configuration = lib.mkIf waf.logs {
      main = home // {
        resource_arn = "\${aws_wafv2_web_acl.main.arn}";
        log_destination_configs = [ "\${aws_cloudwatch_log_group.waf.arn}" ];
        redacted_fields = map (name: { single_header = { inherit name; }; }) [
          "authorization"
          "cookie"
        ];
        logging_filter = {
          default_behavior = "DROP";
          filter = {
            behavior = "KEEP";
            requirement = "MEETS_ANY";
            condition = map (action: { action_condition = { inherit action; }; }) [
              "BLOCK"
              "COUNT"
            ];
          };
        };
      };
    };
  };
}
