# How many tasks there can be, and should.
{ lib }:
{
  # How many tasks there can be.
  service =
    { at, service, ... }:
    let
      inherit (service) scaling spot;
      most = lib.foldl' lib.max scaling.max (lib.mapAttrsToList (_: when: when.max) scaling.schedule);
      moves = scaling.max > scaling.min;
    in
    [
      {
        assertion = !service.sqlite || service.tasks <= 1;
        message = "${at}.tasks = ${toString service.tasks}: its database is SQLite, which has one writer; set tasks = 1, or `database.engine = \"postgresql\"` in the environment";
      }
      {
        assertion = !service.sqlite || service.tasks > 1 || most <= 1;
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
        assertion = spot.share == 0 || !service.sqlite;
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
    );

  # What an account has room for, and what production should have.
  environment =
    { at, environment, ... }:
    let
      inherit (environment) deployment preset services;
      # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
      quota = 6;
      doubled = if deployment.strategy == "rolling" then 1 else 2;
      units = lib.foldl' lib.add 0 (
        lib.mapAttrsToList (_: service: service.scaling.max * service.cpu * doubled) services
      );
      processors = units / 1024;
      alone = lib.filterAttrs (_: service: service.scaling.max <= 1 && !service.sqlite) services;
      fragile = lib.filterAttrs (
        _: service: service.spot.share == 100 && service.spot.base == 0
      ) services;
      each =
        found: message:
        lib.optionals (preset == "production") (
          map (name: { warning = message name; }) (lib.attrNames found)
        );
    in
    lib.optionals (deployment.strategy != "rolling") (
      lib.mapAttrsToList (name: service: {
        assertion = service.scaling.requests == null;
        message = "${at}services.${name}.scaling.requests = ${toString service.scaling.requests}: AWS counts the requests of one target group, and with deployment.strategy = \"${deployment.strategy}\" the other one may serve; follow cpu or memory";
      }) services
    )
    ++ lib.optional (processors > quota) {
      warning = "${at}services.*.scaling.max: need up to ${toString processors} virtual CPUs, a new account has ${toString quota} in a region until AWS is asked for more";
    }
    ++ each alone (
      name:
      "${at}services.${name}.tasks = 1: while its task is replaced nobody answers; production wants two"
    )
    ++ each fragile (
      name:
      "${at}services.${name}.spot.share = 100: AWS may take all its tasks away at once; keep some by `spot.base`"
    );
}
