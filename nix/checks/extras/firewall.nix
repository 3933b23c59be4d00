# What keeps others out: the firewall, network ACLs.
{
  eval,
  lib,
  resources,
  warns,
  ...
}:
let
  ruleNames = environment: map (rule: rule.name) (resources environment).aws_wafv2_web_acl.main.rule;
in
{
  testTheFirewallRefusesThenJudgesThenCounts = {
    expr = ruleNames {
      waf = {
        enable = true;
        blocked = [ "192.0.2.0/24" ];
        managedRules = [ "AWSManagedRulesCommonRuleSet" ];
      };
    };
    expected = [
      "refused-addresses"
      "AWSManagedRulesCommonRuleSet"
      "rate-limit"
    ];
  };

  testAFirewallMayHaveNoLimit = {
    expr = lib.elem "rate-limit" (ruleNames {
      waf = {
        enable = true;
        rateLimit = null;
      };
    });
    expected = false;
  };

  testTheFirewallStandsBeforeTheCdn = {
    expr =
      let
        all = resources {
          waf.enable = true;
          cdn.enable = true;
        };
      in
      [
        all.aws_wafv2_web_acl.main.scope
        (all ? aws_wafv2_web_acl_association)
        all.aws_cloudfront_distribution.main.web_acl_id
      ];
    expected = [
      "CLOUDFRONT"
      false
      "\${aws_wafv2_web_acl.main.arn}"
    ];
  };

  testProductionWithoutAFirewallIsMentioned = {
    expr = warns {
      preset = "production";
      waf.enable = false;
    } "environments.here.waf.enable = false";
    expected = true;
  };

  testNetworkAclsKeepTheInternetFromTheData = {
    expr =
      let
        rules = lib.attrValues (resources { networkAcls.enable = true; }).aws_network_acl_rule;
      in
      lib.filter (
        rule:
        rule.network_acl_id == "\${aws_network_acl.private.id}"
        && !rule.egress
        && rule.cidr_block == "0.0.0.0/0"
        && rule.from_port < 1024
      ) rules;
    expected = [ ];
  };

  # 8 KB, which every upload has.
  testTheFirewallLetsLargeBodiesPass = {
    expr =
      let
        group =
          waf:
          (lib.head (
            lib.filter (rule: rule.name == "AWSManagedRulesCommonRuleSet")
              (resources {
                waf = waf // {
                  enable = true;
                };
              }).aws_wafv2_web_acl.main.rule
          )).statement.managed_rule_group_statement.rule_action_override or null;
      in
      [
        (group { })
        (group { largeBodies = false; })
      ];
    expected = [
      [
        {
          name = "SizeRestrictions_BODY";
          action_to_use.count = { };
        }
      ]
      null
    ];
  };

  # By plain HTTP, and as often as they like.
  testWhatIsOpenToEverybodyIsSaid = {
    expr =
      map (environment: lib.any (lib.hasInfix "everybody on the internet reaches") (eval environment).warnings)
        [
          { }
          { waf.enable = true; }
          {
            waf = {
              enable = true;
              rateLimit = null;
            };
          }
          { domain.name = "shop.example.com"; }
          { loadbalancer.from = [ "203.0.113.0/24" ]; }
        ];
    expected = [
      true
      false
      true
      false
      false
    ];
  };
}
