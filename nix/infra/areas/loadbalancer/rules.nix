# Access logs.
{ lib }:
{
  environment =
    { at, environment, ... }:
    lib.optional (environment.preset == "production" && !environment.accessLogs.enable) {
      warning = "${at}accessLogs.enable = false: nobody will know who asked production for what";
    };
}
