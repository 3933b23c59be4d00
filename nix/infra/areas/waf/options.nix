# A firewall that reads requests.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
  groups = [
    "AWSManagedRulesCommonRuleSet"
    "AWSManagedRulesKnownBadInputsRuleSet"
    "AWSManagedRulesAmazonIpReputationList"
    "AWSManagedRulesAnonymousIpList"
    "AWSManagedRulesAdminProtectionRuleSet"
    "AWSManagedRulesSQLiRuleSet"
    "AWSManagedRulesLinuxRuleSet"
    "AWSManagedRulesUnixRuleSet"
  ];
in
{
  options.waf = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether AWS WAF looks at each request before the services do.";
    };

    managedRules = mkOption {
      type = typed.listOf (typed.oneOf groups);
      default = [
        "AWSManagedRulesAmazonIpReputationList"
        "AWSManagedRulesCommonRuleSet"
        "AWSManagedRulesKnownBadInputsRuleSet"
        "AWSManagedRulesSQLiRuleSet"
      ];
      description = "Rule groups of AWS, in the order in which they are asked. Each costs a dollar a month.";
    };

    observed = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = ''
        Those of `waf.managedRules` that count what they would block, and let it pass. Worth a week before they block: what
        they take for an attack may be somebody's form.
      '';
      example = [ "AWSManagedRulesCommonRuleSet" ];
    };

    largeBodies = mkOption {
      type = types.bool;
      default = true;
      description = ''
        Whether requests with a body of more than 8 KB pass, such as uploads, which AWSManagedRulesCommonRuleSet would block.
        They are counted.
      '';
    };

    rateLimit = mkOption {
      type = typed.nullOr (typed.between 10 2000000000);
      default = 2000;
      description = "Requests in five minutes after which an address has to wait; null is no limit.";
    };

    blocked = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Addresses that are refused, in CIDR notation.";
      example = [ "192.0.2.0/24" ];
    };

    logs = mkOption {
      type = types.bool;
      default = true;
      description = "Whether requests that were blocked or counted are written to CloudWatch Logs.";
    };

    days = mkOption {
      type = typed.oneOf (import ../../retention.nix);
      default = 30;
      description = "Days until a line is removed.";
    };
  };
}
