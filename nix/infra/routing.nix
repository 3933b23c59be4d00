# The load balancer's rules: which paths and hosts go to which service, in which order.
{ lib }:
let
  # What a rule can hold, and the numbers that it can have.
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
  values = 5;
  wildcards = 5;
  first = 100;
  # Gaps, so that a rule can be put between two by hand.
  step = 10;
  last = 50000;

  catchAll = "/*";
  sum = lib.foldl' lib.add 0;
  count = character: text: lib.count (one: one == character) (lib.stringToCharacters text);
  wild = text: count "*" text + count "?" text;

  # The narrower pattern is tried first: the one with more characters that are meant as they are.
  narrower =
    left: right:
    let
      key = one: [
        (0 - (lib.stringLength one.path - wild one.path))
        (count "*" one.path)
        (if one.hosts == [ ] then 1 else 0)
      ];
    in
    lib.compareLists lib.compare (key left) (key right) < 0;

  # Patterns that follow each other and belong together share a rule while it has room.
  fits =
    rule: one:
    rule.service == one.service
    && rule.hosts == one.hosts
    && lib.length rule.paths + lib.length rule.hosts < values
    && sum (map wild (rule.paths ++ rule.hosts)) + wild one.path <= wildcards;
  add =
    rules: one:
    if rules != [ ] && fits (lib.last rules) one then
      lib.init rules ++ [ (lib.last rules // { paths = (lib.last rules).paths ++ [ one.path ]; }) ]
    else
      rules
      ++ [
        {
          inherit (one) hosts service;
          paths = [ one.path ];
        }
      ];

  # Hosts take room in a rule, too: no more than leave some for paths.
  chunks = list: if list == [ ] then [ ] else [ (lib.take 3 list) ] ++ chunks (lib.drop 3 list);
  hostsOf = service: if service.hosts == [ ] then [ [ ] ] else chunks service.hosts;

  patterns =
    services:
    lib.concatLists (
      lib.mapAttrsToList (
        name: service:
        lib.concatMap (
          hosts:
          map (path: {
            inherit hosts path;
            service = name;
          }) service.routes
        ) (hostsOf service)
      ) services
    );

  all =
    services:
    let
      isLast = one: one.path == catchAll && one.hosts == [ ];
      split = lib.partition isLast (patterns services);
      rules = lib.foldl' add [ ];
      shown = rule: removeAttrs rule (lib.optional (rule.hosts == [ ]) "hosts");
    in
    lib.imap0 (number: rule: shown rule // { priority = first + step * number; }) (
      rules (lib.sort narrower split.wrong)
    )
    ++ map (rule: shown rule // { priority = last; }) (rules split.right);
in
{
  inherit
    all
    catchAll
    values
    wild
    wildcards
    ;

  # Those of one service.
  rulesOf =
    services: name:
    map (rule: removeAttrs rule [ "service" ]) (lib.filter (rule: rule.service == name) (all services));
}
