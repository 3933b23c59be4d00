# The budget, and the monitor of anomalies.
{
  lib,
  environment,
  ...
}:
let
  inherit (environment) budget;
  notification = kind: percent: {
    notification_type = kind;
    comparison_operator = "GREATER_THAN";
    threshold = percent;
    threshold_type = "PERCENTAGE";
    subscriber_email_addresses = budget.emails;
  };
in
{
  resource = {
    aws_budgets_budget = lib.mkIf (budget.monthly != null) {
      main = {
        name = environment.prefix;
        budget_type = "COST";
        limit_amount = "${toString budget.monthly}.0";
        limit_unit = "USD";
        time_unit = "MONTHLY";
        cost_filter = lib.mkIf (budget.scope == "environment") [
          {
            name = "TagKeyValue";
            values = [ ("user:environment$" + environment.name) ];
          }
        ];
        notification = [
          (notification "ACTUAL" 80)
          (notification "FORECASTED" 100)
        ];
      };
    };

    aws_ce_anomaly_monitor = lib.mkIf (budget.anomalies && budget.anomalyMonitor == null) {
      main = {
        name = environment.prefix;
        monitor_type = "DIMENSIONAL";
        monitor_dimension = "SERVICE";
      };
    };
    aws_ce_anomaly_subscription = lib.mkIf budget.anomalies {
      main = {
        name = environment.prefix;
        frequency = "DAILY";
        monitor_arn_list = [
          (
            if budget.anomalyMonitor == null then
              "\${aws_ce_anomaly_monitor.main.arn}"
            else
              budget.anomalyMonitor
          )
        ];
        subscriber = map (address: {
          type = "EMAIL";
          inherit address;
        }) budget.emails;
        threshold_expression.dimension = {
          key = "ANOMALY_TOTAL_IMPACT_ABSOLUTE";
          match_options = [ "GREATER_THAN_OR_EQUAL" ];
          values = [ (toString budget.anomalyThreshold) ];
        };
      };
    };
  };
}
