# An account has one detector in a region.
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
      guarded = lib.filter (
        other: other.guardDuty.enable && other.region == environment.region
      ) neighbours;
    in
    [
      {
        assertion = !environment.guardDuty.runtime || environment.guardDuty.enable;
        message = "${at}guardDuty.runtime = true: needs `guardDuty.enable = true`";
      }
      {
        assertion = !environment.guardDuty.enable || guarded == [ ];
        message = "${at}guardDuty.enable = true: an account has one detector in a region, which ${
          lib.concatMapStringsSep ", " (other: "`${other.name}`") guarded
        } makes; set it to false here, or say by `account` that they are in different ones";
      }
    ]
    ++ lib.optional (environment.preset == "production" && !environment.guardDuty.enable) {
      warning = "${at}guardDuty.enable = false: nothing looks for intruders in production, unless the account has GuardDuty already";
    };
}
