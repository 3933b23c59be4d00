# Alarms, and who hears them.
{
  lib,
  resources,
  warns,
  alarms,
  ...
}:
{
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

  # A pause, and a night without tasks, are meant.
  testTooFewTasksAreFewerThanWereAskedFor = {
    expr =
      let
        of =
          scaling:
          (resources (
            lib.recursiveUpdate alarms {
              observability.insights = "enabled";
              services.web.scaling = scaling;
            }
          )).aws_cloudwatch_metric_alarm.web_tasks or null;
        night = min: {
          min = 4;
          max = 8;
          schedule.night = {
            at = "cron(0 22 * * ? *)";
            inherit min;
            max = 8;
          };
        };
        shown = alarm: if alarm == null then null else [ alarm.threshold alarm.treat_missing_data ];
      in
      map shown [
        (of { min = 2; })
        (of (night 1))
        (of (night 0))
      ];
    expected = [
      [
        "\${lookup(var.tasks, \"web\", 2)}"
        "\${lookup(var.tasks, \"web\", 2) == 0 ? \"notBreaching\" : \"breaching\"}"
      ]
      [
        "\${lookup(var.tasks, \"web\", 1)}"
        "\${lookup(var.tasks, \"web\", 1) == 0 ? \"notBreaching\" : \"breaching\"}"
      ]
      null
    ];
  };
}
