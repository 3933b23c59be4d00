# One detector for an account and region.
{
  lib,
  at,
  environment,
  ...
}:
[
  {
    assertion = !environment.guardDuty.runtime || environment.guardDuty.enable;
    message = "${at}guardDuty.runtime = true: needs `guardDuty.enable = true`";
  }
]
++ lib.optional (environment.preset == "production" && !environment.guardDuty.enable) {
  warning = "${at}guardDuty.enable = false: nothing looks for intruders in production, unless the account has GuardDuty already";
}
