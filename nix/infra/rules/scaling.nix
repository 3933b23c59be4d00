# What an account has room for, and what production should have.
{
  lib,
  at,
  environment,
  ...
}:
let
  inherit (environment) deployment preset services;
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
  quota = 6;
  doubled = if deployment.strategy == "rolling" then 1 else 2;
  units = lib.foldl' lib.add 0 (
    lib.mapAttrsToList (_: service: service.scaling.max * service.cpu * doubled) services
  );
  processors = units / 1024;
  alone = lib.filterAttrs (
    _: service: service.scaling.max <= 1 && !(service.database && service.data != null)
  ) services;
  fragile = lib.filterAttrs (
    _: service: service.spot.share == 100 && service.spot.base == 0
  ) services;
  each =
    found: message:
    lib.optionals (preset == "production") (
      map (name: { warning = message name; }) (lib.attrNames found)
    );
in
lib.optional (processors > quota) {
  warning = "${at}services.*.scaling.max: need up to ${toString processors} virtual CPUs, a new account has ${toString quota} in a region until AWS is asked for more";
}
++ each alone (
  name:
  "${at}services.${name}.tasks = 1: while its task is replaced nobody answers; production wants two"
)
++ each fragile (
  name:
  "${at}services.${name}.spot.share = 100: AWS may take all its tasks away at once; keep some by `spot.base`"
)
