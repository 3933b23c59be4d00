# One detector, and one monitor of anomalies, for an account: GuardDuty's for each region.
{
  lib,
  at,
  environment,
  environments,
  ...
}:
let
  # Those before this one: each pair is told once.
  before = lib.filter (other: other.name < environment.name) (lib.attrValues environments);
  # Where an environment does not say its account, it may be the same.
  sameAccount =
    other: other.account == null || environment.account == null || other.account == environment.account;
  guarded = lib.filter (
    other: other.guardDuty.enable && other.region == environment.region && sameAccount other
  ) before;
  watched = lib.filter (other: other.budget.anomalies && sameAccount other) before;
  names = lib.concatMapStringsSep ", " (other: "`${other.name}`");
in
[
  {
    assertion = !environment.guardDuty.runtime || environment.guardDuty.enable;
    message = "${at}guardDuty.runtime = true: needs `guardDuty.enable = true`";
  }
  {
    assertion = !environment.guardDuty.enable || guarded == [ ];
    message = "${at}guardDuty.enable = true: an account has one detector in a region, which ${names guarded} makes; set it to false here, or say by `account` that they are in different ones";
  }
  {
    assertion = !environment.budget.anomalies || watched == [ ];
    message = "${at}budget.anomalies = true: an account has one monitor of all services, which ${names watched} makes; set it to false here, or say by `account` that they are in different ones";
  }
]
++ lib.optional (environment.preset == "production" && !environment.guardDuty.enable) {
  warning = "${at}guardDuty.enable = false: nothing looks for intruders in production, unless the account has GuardDuty already";
}
