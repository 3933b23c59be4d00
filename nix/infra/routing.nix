# The load balancer's rules: which paths and hosts go to which service, in which order.
{ lib }:
let
  # A rule has at most five values, and rules are tried in the order of their priorities.
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
  values = 5;
  first = 100;
  # Gaps, so that a rule can be put between two by hand.
  step = 10;
  last = 50000;

  catchAll = "/*";
  chunks =
    size: list:
    if list == [ ] then [ ] else [ (lib.take size list) ] ++ chunks size (lib.drop size list);

  # Hosts and paths share the five values of a rule: both are split so that they fit.
  split =
    service: hosts: paths:
    let
      forHosts = if hosts == [ ] then [ [ ] ] else chunks 2 hosts;
      room = few: values - lib.length few;
    in
    lib.concatMap (
      few: map (paths: { inherit paths service; } // lib.optionalAttrs (few != [ ]) { hosts = few; }) (chunks (room few) paths)
    ) forHosts;

  specific =
    services:
    lib.concatLists (
      lib.mapAttrsToList (
        name: service: split name service.hosts (lib.remove catchAll service.routes)
      ) services
    );
  # The catch-all of one host is more specific than that of all.
  general =
    services:
    let
      catching = lib.filterAttrs (_: service: lib.elem catchAll service.routes) services;
      rules = lib.concatLists (
        lib.mapAttrsToList (name: service: split name service.hosts [ catchAll ]) catching
      );
    in
    lib.partition (rule: rule ? hosts) rules;

  all =
    services:
    let
      inherit (general services) right wrong;
    in
    lib.imap0 (number: rule: rule // { priority = first + step * number; }) (specific services ++ right)
    ++ map (rule: rule // { priority = last; }) wrong;
in
{
  inherit all catchAll values;

  # Those of one service.
  rulesOf =
    services: name:
    map (rule: removeAttrs rule [ "service" ]) (lib.filter (rule: rule.service == name) (all services));
}
