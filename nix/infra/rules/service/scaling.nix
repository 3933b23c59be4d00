# How many tasks there can be.
{
  lib,
  at,
  service,
  ...
}:
let
  inherit (service) scaling spot;
  alone = service.database && service.data != null;
  most = lib.foldl' lib.max scaling.max (lib.mapAttrsToList (_: when: when.max) scaling.schedule);
  moves = scaling.max > scaling.min;
in
[
  {
    assertion = !alone || service.tasks <= 1;
    message = "${at}.tasks = ${toString service.tasks}: its database is SQLite, which has one writer; set tasks = 1, or `database.engine = \"postgresql\"` in the environment";
  }
  {
    assertion = !alone || service.tasks > 1 || most <= 1;
    message = "${at}.scaling.max = ${toString most}: its database is SQLite, which has one writer; set max = 1, or `database.engine = \"postgresql\"` in the environment";
  }
  {
    assertion = scaling.min <= scaling.max;
    message = "${at}.scaling.max = ${toString scaling.max}: must not be below scaling.min, which is ${toString scaling.min}";
  }
  {
    assertion = !moves || scaling.cpu != null || scaling.memory != null || scaling.requests != null;
    message = "${at}.scaling: goes from ${toString scaling.min} to ${toString scaling.max} tasks, but follows nothing; set cpu, memory or requests";
  }
  {
    assertion = scaling.requests == null || service.routes != [ ];
    message = "${at}.scaling.requests = ${toString scaling.requests}: no request reaches it through the load balancer; add routes, or follow cpu or memory";
  }
  {
    assertion = spot.share == 0 || !alone;
    message = "${at}.spot.share = ${toString spot.share}: its only task would end whenever AWS wants its machine; set 0";
  }
]
++ lib.concatLists (
  lib.mapAttrsToList (name: when: [
    {
      assertion = when.min <= when.max;
      message = "${at}.scaling.schedule.${name}.max = ${toString when.max}: must not be below min, which is ${toString when.min}";
    }
    {
      assertion = builtins.match "(cron|at|rate)[(].+[)]" when.at != null;
      message = "${at}.scaling.schedule.${name}.at = \"${when.at}\": must be cron(…), at(…) or rate(…), such as cron(0 7 ? * MON-FRI *)";
    }
  ]) scaling.schedule
)
