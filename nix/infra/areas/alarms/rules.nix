# Alarms that nobody hears.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      inherit (environment) alarms;
    in
    [
      {
        assertion = !alarms.rollback || alarms.enable;
        message = "${at}alarms.rollback = true: there are no alarms that could end a deployment; set `${at}alarms.enable = true`";
      }
    ]
    ++ lib.optional (alarms.enable && alarms.emails == [ ] && alarms.topics == [ ]) {
      warning = "${at}alarms: nobody hears them; name `emails` or `topics`";
    }
    ++ lib.optional (environment.preset == "production" && !alarms.enable) {
      warning = "${at}alarms.enable = false: nobody is told when production fails";
    };
}
