# What an environment can have beside its services: what is made of it, and what is refused.
{
  lib,
  pkgs,
  library,
}:
let
  eval =
    environment:
    library.evalInfra {
      inherit lib;
      modules = [
        {
          project = "shop";
          services.web = {
            port = 3000;
            routes = [ "/*" ];
          };
          services.api = {
            port = 8000;
            routes = [ "/api/*" ];
            database = true;
          };
          services.worker.port = 9000;
          environments.here = environment;
        }
      ];
    };
  resources = environment: (eval environment).roots.here.resource or { };
  has = kind: environment: (resources environment) ? ${kind};
  said =
    list: words:
    lib.any (lib.hasInfix words) list
    || throw "not said: ${words}\nbut: ${lib.concatStringsSep "\n" list}";
  refuses = environment: said (eval environment).failed;
  warns = environment: said (eval environment).warnings;

  postgresql = {
    database.engine = "postgresql";
  };
  alarms = {
    alarms = {
      enable = true;
      emails = [ "team@example.com" ];
    };
  };
  # What costs something or watches, and is no part of serving requests.
  extras = [
    "aws_budgets_budget"
    "aws_ce_anomaly_monitor"
    "aws_cloudfront_distribution"
    "aws_cloudwatch_composite_alarm"
    "aws_cloudwatch_dashboard"
    "aws_cloudwatch_metric_alarm"
    "aws_db_instance"
    "aws_elasticache_replication_group"
    "aws_flow_log"
    "aws_guardduty_detector"
    "aws_rds_cluster"
    "aws_s3_bucket"
    "aws_sns_topic"
    "aws_wafv2_web_acl"
    "aws_xray_sampling_rule"
  ];
  present = environment: lib.filter (kind: has kind environment) extras;
  ruleNames = environment: map (rule: rule.name) (resources environment).aws_wafv2_web_acl.main.rule;

  failures = lib.runTests {
    testASmallEnvironmentHasNoneOfThem = {
      expr = present { };
      expected = [ ];
    };
    testProductionHasWhatAnAuditAsksFor = {
      expr = present { preset = "production"; };
      expected = [
        "aws_cloudwatch_composite_alarm"
        "aws_cloudwatch_dashboard"
        "aws_cloudwatch_metric_alarm"
        "aws_flow_log"
        "aws_guardduty_detector"
        "aws_s3_bucket"
        "aws_sns_topic"
        "aws_wafv2_web_acl"
      ];
    };
    testProductionDoesAsItIsTold = {
      expr = has "aws_wafv2_web_acl" {
        preset = "production";
        waf.enable = false;
      };
      expected = false;
    };

    testAccessLogsAreWrittenByTheLoadBalancerAlone = {
      expr =
        let
          inherit (resources { accessLogs.enable = true; }) aws_lb aws_s3_bucket_policy;
          statements = (builtins.fromJSON aws_s3_bucket_policy.access_logs.policy).Statement;
        in
        {
          writers = map (statement: statement.Principal) (lib.filter (one: one.Effect == "Allow") statements);
          inherit (aws_lb.main.access_logs) enabled;
        };
      expected = {
        writers = [ { Service = "logdelivery.elasticloadbalancing.amazonaws.com"; } ];
        enabled = true;
      };
    };

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

    testOnlyServicesWithADatabaseReachIt = {
      expr = lib.filter (lib.hasPrefix "database_from_") (
        lib.attrNames (resources postgresql).aws_vpc_security_group_ingress_rule
      );
      expected = [ "database_from_api" ];
    };
    testNobodyKnowsTheDatabasesPassword = {
      expr =
        let
          database = (resources postgresql).aws_db_instance.main;
        in
        [
          database.manage_master_user_password
          (database ? password)
          database.storage_encrypted
          database.publicly_accessible
        ];
      expected = [
        true
        false
        true
        false
      ];
    };
    testAStandbyOfAuroraIsASecondInstance = {
      expr =
        lib.attrNames
          (resources {
            database = {
              engine = "aurora-postgresql";
              standby = true;
            };
          }).aws_rds_cluster_instance;
      expected = [
        "a"
        "b"
      ];
    };
    testACacheIsEncryptedAndHasStandbys = {
      expr =
        let
          cache =
            (resources {
              cache = {
                enable = true;
                nodes = 2;
              };
            }).aws_elasticache_replication_group.main;
        in
        [
          cache.at_rest_encryption_enabled
          cache.transit_encryption_enabled
          cache.automatic_failover_enabled
        ];
      expected = [
        true
        true
        true
      ];
    };

    testTheDiskOfADatabaseGrowsByATenthAtLeast = {
      expr = refuses (lib.recursiveUpdate postgresql {
        database.storage = 100;
      }) "environments.here.database.maxStorage = 100: must be at least a tenth more";
      expected = true;
    };
    testAuroraGoesInHalfSteps = {
      expr = refuses {
        database = {
          engine = "aurora-postgresql";
          capacity.min = 0.7;
        };
      } "database.capacity: 0.7";
      expected = true;
    };

    testACacheThatIsNotThereIsNotUsed = {
      expr = refuses {
        services.web.cache = true;
      } "environments.here.services.web.cache = true: the environment has no cache";
      expected = true;
    };
    testACacheNobodyUsesIsMentioned = {
      expr = warns { cache.enable = true; } "environments.here.cache.enable = true: no service has";
      expected = true;
    };
    testEachServiceHasAlarmsForWhatItDoes = {
      expr = lib.attrNames (resources alarms).aws_cloudwatch_metric_alarm;
      expected = [
        "api_cpu"
        "api_errors"
        "api_latency"
        "api_memory"
        "api_tasks"
        "api_unhealthy"
        "loadbalancer_errors"
        "web_cpu"
        "web_errors"
        "web_latency"
        "web_memory"
        "web_tasks"
        "web_unhealthy"
        "worker_cpu"
        "worker_memory"
      ];
    };
    testAnAlarmCanBeLeftOut = {
      expr =
        (resources (
          lib.recursiveUpdate alarms {
            services.web.alarms = {
              latency = null;
              tasks = false;
            };
          }
        )).aws_cloudwatch_metric_alarm
          ? web_latency;
      expected = false;
    };
    testWhatVisitorsNoticeIsOneAlarm = {
      expr = lib.hasInfix "web_errors.alarm_name}) OR " (resources alarms)
      .aws_cloudwatch_composite_alarm.main.alarm_rule;
      expected = true;
    };
    testABadReleaseIsRolledBackByItsAlarms = {
      expr = (resources alarms).aws_ecs_service.web.alarms;
      expected = {
        enable = true;
        rollback = true;
        alarm_names = [
          "\${aws_cloudwatch_metric_alarm.web_errors.alarm_name}"
          "\${aws_cloudwatch_metric_alarm.web_latency.alarm_name}"
        ];
      };
    };
    testAlarmsThatNobodyHearsAreMentioned = {
      expr = warns { alarms.enable = true; } "environments.here.alarms: nobody hears them";
      expected = true;
    };

    testABudgetTellsSomebody = {
      expr = refuses {
        budget.monthly = 100;
      } "environments.here.budget.emails = [ ]: nobody would be told";
      expected = true;
    };
    testABudgetHasTwoWarnings = {
      expr =
        map (one: one.notification_type)
          (resources {
            budget = {
              monthly = 100;
              emails = [ "team@example.com" ];
            };
          }).aws_budgets_budget.main.notification;
      expected = [
        "ACTUAL"
        "FORECASTED"
      ];
    };
    testTracingIsAllowedToEachTask = {
      expr =
        let
          policies = (resources { observability.tracing.enable = true; }).aws_iam_role_policy;
        in
        map (service: lib.hasInfix "xray:PutTraceSegments" policies."${service}_task".policy) [
          "api"
          "web"
          "worker"
        ];
      expected = [
        true
        true
        true
      ];
    };
    testAnOwnKeyEncryptsAllLogs = {
      expr = lib.unique (
        map (group: group.kms_key_id) (
          lib.attrValues
            (resources (
              postgresql
              // {
                encryption.ownKey = true;
                flowLogs.enable = true;
                waf.enable = true;
              }
            )).aws_cloudwatch_log_group
        )
      );
      expected = [ "\${aws_kms_key.main.arn}" ];
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
    testAnAccountHasOneDetector = {
      expr =
        let
          two =
            more:
            (library.evalInfra {
              inherit lib;
              modules = [
                {
                  project = "shop";
                  environments.one.guardDuty.enable = true;
                  environments.two.guardDuty.enable = true;
                }
                more
              ];
            }).failed;
        in
        [
          (said (two { }) "environments.two.guardDuty.enable = true: an account has one detector")
          (lib.length (two { }))
          (two { environments.two.region = "eu-west-1"; })
          (two {
            environments.one.account = "111111111111";
            environments.two.account = "222222222222";
          })
        ];
      expected = [
        true
        1
        [ ]
        [ ]
      ];
    };
    testProductionWithoutAFirewallIsMentioned = {
      expr = warns {
        preset = "production";
        waf.enable = false;
      } "environments.here.waf.enable = false";
      expected = true;
    };
  };
in
assert lib.assertMsg (failures == [ ])
  "tests of what environments can have:\n${lib.generators.toPretty { } failures}";
pkgs.runCommand "extras-are-what-they-say" {
  meta.description = "Firewall, logs, databases, cache, alarms and budgets are made as infra.nix asks for them";
} "touch $out"
