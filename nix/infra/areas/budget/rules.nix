# A budget that tells nobody is none, and an account has one monitor of anomalies.
{ lib }:
{
  environment =
    {
      at,
      environment,
      neighbours,
      ...
    }:
    let
      inherit (environment) budget;
      makes = one: one.budget.anomalies && one.budget.anomalyMonitor == null;
      watched = lib.filter makes neighbours;
    in
    [
      {
        assertion = budget.monthly == null || budget.emails != [ ];
        message = "${at}budget.emails = [ ]: nobody would be told that the budget of ${toString budget.monthly} USD is spent; add an address";
      }
      {
        assertion = !budget.anomalies || budget.emails != [ ];
        message = "${at}budget.emails = [ ]: nobody would be told of an anomaly; add an address, or set `budget.anomalies = false`";
      }
      {
        assertion = !makes environment || watched == [ ];
        message = "${at}budget.anomalies = true: an account has one monitor of all services, which ${
          lib.concatMapStringsSep ", " (other: "`${other.name}`") watched
        } makes; name that one here by `budget.anomalyMonitor`, or say by `account` that they are in different ones";
      }
    ]
    ++ lib.optional (budget.anomalyMonitor != null && !budget.anomalies) {
      warning = "${at}budget.anomalyMonitor: is not used without `budget.anomalies = true`";
    }
    ++ lib.optional (environment.preset == "production" && budget.monthly == null) {
      warning = "${at}budget.monthly = null: nobody is told when production costs more than it should";
    };
}
