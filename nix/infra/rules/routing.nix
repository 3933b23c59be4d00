# What the listener can be told.
{
  lib,
  at,
  environment,
  ...
}:
let
  routing = import ../routing.nix { inherit lib; };
  rules = routing.all environment.services;
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
  quota = 100;
in
lib.optional (lib.length rules > quota) {
  warning = "${at}services.*.routes: need ${toString (lib.length rules)} rules, an account has ${toString quota} for each load balancer unless AWS is asked for more";
}
++ lib.optional (rules == [ ]) {
  warning = "${at}services.*.routes: no service has any, so the load balancer answers everything with 404";
}
