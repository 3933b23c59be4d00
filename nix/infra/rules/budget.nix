# A budget that tells nobody is none.
{
  lib,
  at,
  environment,
  ...
}:
let
  inherit (environment) budget;
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
]
++ lib.optional (environment.preset == "production" && budget.monthly == null) {
  warning = "${at}budget.monthly = null: nobody is told when production costs more than it should";
}
