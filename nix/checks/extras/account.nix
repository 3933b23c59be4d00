# What there is once for an account: its budget, its detector.
{
  lib,
  eval,
  library,
  resources,
  said,
  refuses,
  ...
}:
{
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

  # An account may have one already, and refuses a second: only who asks for it gets it.
  testAPresetMakesNothingThatAnAccountHasOnce = {
    expr =
      let
        all = resources {
          preset = "production";
          budget = {
            monthly = 100;
            emails = [ "team@example.com" ];
          };
        };
      in
      [
        (all ? aws_ce_anomaly_monitor)
        (all ? aws_guardduty_detector)
      ];
    expected = [
      false
      false
    ];
  };

  testAnomaliesOfAMonitorThatIsThereAreTold = {
    expr =
      let
        all = resources {
          budget = {
            emails = [ "team@example.com" ];
            anomalies = true;
            anomalyMonitor = "arn:aws:ce::123456789012:anomalymonitor/12345678-1234-1234-1234-123456789012";
          };
        };
      in
      [
        (all ? aws_ce_anomaly_monitor)
        all.aws_ce_anomaly_subscription.main.monitor_arn_list
      ];
    expected = [
      false
      [ "arn:aws:ce::123456789012:anomalymonitor/12345678-1234-1234-1234-123456789012" ]
    ];
  };

  testTheAgentOfGuardDutyCanBePulled = {
    expr =
      let
        policy =
          runtime:
          (resources {
            guardDuty = {
              enable = true;
              inherit runtime;
            };
          }).aws_iam_role_policy.web_execution.policy;
        pulls = lib.hasInfix "arn:aws:ecr:us-east-1:*:repository/aws-guardduty-agent-fargate";
      in
      map (runtime: pulls (policy runtime)) [
        false
        true
      ];
    expected = [
      false
      true
    ];
  };

  testPartitionsThatNobodyTriedAreRefused = {
    expr = map (region: lib.length (eval { inherit region; }).failed) [
      "eu-central-1"
      "cn-north-1"
      "us-gov-west-1"
      "eusc-de-east-1"
    ];
    expected = [
      0
      1
      1
      1
    ];
  };

  testARegionIsRefusedInWords = {
    expr = refuses {
      region = "cn-north-1";
    } "environments.here.region = \"cn-north-1\": is in a partition of AWS";
    expected = true;
  };

  testARegionThatNobodyKnowsIsRefused = {
    expr = map (region: lib.length (eval { inherit region; }).failed) [
      "eu-north-1"
      "us-east-9"
      "eu-nowhere-1"
    ];
    expected = [
      0
      1
      1
    ];
  };

  # Letters are the account's own in older ones: a plan asks, before anything is made.
  testZonesAreThoseOfTheAccount = {
    expr =
      let
        data =
          region:
          (eval {
            inherit region;
          }).roots.here.data.aws_availability_zones.here;
        conditions = region: map (one: one.condition) (data region).lifecycle.postcondition;
      in
      [
        (conditions "eu-central-1")
        (lib.length (conditions "us-west-1"))
        (lib.hasInfix "usw1-az3" (lib.last (conditions "us-west-1")))
        (lib.hasInfix "environments.here.network.zones" (lib.head
          (data "us-west-1").lifecycle.postcondition
        ).error_message)
      ];
    expected = [
      [ "\${length(setsubtract([\"eu-central-1a\",\"eu-central-1b\"], self.names)) == 0}" ]
      2
      true
      true
    ];
  };
}
