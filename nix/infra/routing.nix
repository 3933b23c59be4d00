# The load balancer's rules: which paths and hosts go to which service, in which order.
#
# AWS refuses a number that another rule has at that moment, and Terraform changes many rules at once. So name and number of a
# rule depend on the rule alone: those of others stay what they are when one comes or goes.
{
  lib,
  # Whether each rule also wants the header by which the CDN is known.
  cdn ? false,
}:
let
  # What a rule can hold, and the numbers that it can have.
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
  values = if cdn then 4 else 5;
  wildcards = 5;
  longest = 128;
  last = 50000;

  # The narrower pattern is tried first: the one with more characters that are meant as they are, then the one without
  # wildcards, then the one for certain hosts. Each of these has a range of numbers.
  first = 100;
  size = 97;

  catchAll = "/*";
  sum = lib.foldl' lib.add 0;
  inherit (import ./patterns.nix { inherit lib; })
    literals
    matches
    meet
    wild
    ;

  anyMeets =
    left: right:
    left == [ ]
    || right == [ ]
    || lib.any (one: lib.any (other: meet (lib.toLower one) (lib.toLower other)) right) left;
  # Whether a request can be meant by two patterns: { service, hosts, path }.
  overlap = one: other: meet one.path other.path && anyMeets one.hosts other.hosts;

  # Hosts take room in a rule, too: no more than leave some for paths.
  chunks = list: if list == [ ] then [ ] else [ (lib.take 3 list) ] ++ chunks (lib.drop 3 list);
  hostsOf = service: if service.hosts == [ ] then [ [ ] ] else chunks service.hosts;

  # Those of each service and set of hosts together.
  patterns =
    services:
    lib.concatLists (
      lib.mapAttrsToList (
        service:
        { routes, ... }@said:
        map (hosts: map (path: { inherit hosts path service; }) routes) (hostsOf said)
      ) services
    );

  # The smaller is the narrower.
  width = one: [
    (longest - literals one.path)
    (if wild one.path == 0 then 0 else 1)
    (if one.hosts == [ ] then 1 else 0)
  ];
  narrower = one: other: lib.compareLists lib.compare (width one) (width other) < 0;
  beginningOf =
    one:
    first + size * lib.foldl' (sum: part: 2 * sum + part) (lib.head (width one)) (lib.tail (width one));

  # The widest pattern of a rule says where it stands.
  byWidth = lib.sort (
    left: right:
    lib.compareLists lib.compare (width right ++ [ left.path ]) (width left ++ [ right.path ]) < 0
  );

  # The rules of one service and set of hosts: from the widest pattern on, as many as have room and may stand so late.
  grouped =
    others: own:
    let
      # Before all that are wider than it, also as late as the widest of its rule.
      mayStandAt =
        widest: one:
        !(lib.any (other: narrower one other && !narrower widest other && overlap one other) others);
      fits =
        rule: one:
        lib.length rule + lib.length one.hosts < values
        && sum (map wild (map (each: each.path) rule ++ one.hosts)) + wild one.path <= wildcards
        && mayStandAt (lib.head rule) one;
      add =
        rules: one:
        if rules != [ ] && fits (lib.last rules) one then
          lib.init rules ++ [ (lib.last rules ++ [ one ]) ]
        else
          rules ++ [ [ one ] ];
    in
    lib.foldl' add [ ] (byWidth own);

  finished =
    rule:
    let
      widest = lib.head rule;
      inherit (widest) hosts service;
      hash = builtins.hashString "sha256" (
        lib.concatStringsSep " " ([ service ] ++ hosts ++ [ widest.path ])
      );
      place = lib.mod (lib.fromHexString (lib.substring 0 8 hash)) size;
      beginning = beginningOf widest;
    in
    {
      inherit beginning service;
      name = "${service}_${lib.substring 0 6 hash}";
      paths = map (one: one.path) (lib.reverseList rule);
      priority = beginning + place;
    }
    // lib.optionalAttrs (hosts != [ ]) { inherit hosts; };

  # Where two have the same number, which is rare, the one whose name is later moves on in its range.
  apart =
    rules:
    let
      add =
        { taken, placed }:
        rule:
        let
          free =
            lib.findFirst (number: !(taken ? ${toString number}))
              (throw "routes: more than ${toString size} rules are equally narrow, which no listener has room for")
              (lib.genList (index: rule.beginning + lib.mod (rule.priority - rule.beginning + index) size) size);
        in
        {
          taken = taken // {
            ${toString free} = true;
          };
          placed = placed ++ [ (removeAttrs rule [ "beginning" ] // { priority = free; }) ];
        };
    in
    (lib.foldl' add {
      taken = { };
      placed = [ ];
    } (lib.sort (left: right: left.name < right.name) rules)).placed;

  isLast = one: one.path == catchAll && one.hosts == [ ];

  all =
    services:
    let
      groups = patterns services;
      flat = lib.concatLists groups;
      rulesOfGroup =
        own:
        let
          othersOf = lib.filter (other: other.service != (lib.head own).service) flat;
        in
        lib.optionals (own != [ ]) (grouped othersOf own);
      narrow = apart (
        map finished (lib.concatMap (own: rulesOfGroup (lib.filter (one: !isLast one) own)) groups)
      );
      widest = map (one: removeAttrs (finished [ one ]) [ "beginning" ] // { priority = last; }) (
        lib.filter isLast flat
      );
    in
    lib.sort (left: right: left.priority < right.priority) narrow ++ widest;

  # Pairs of patterns of different services that match the same addresses, neither of which is narrower.
  doubtful =
    services:
    let
      flat = lib.concatLists (patterns services);
      # What is claimed twice by the same words is told by another rule.
      alike =
        one: other:
        one.service < other.service
        && one.path != other.path
        && width one == width other
        && overlap one other;
    in
    lib.concatMap (one: map (other: { inherit one other; }) (lib.filter (alike one) flat)) (
      lib.filter (one: !isLast one) flat
    );
in
{
  inherit
    all
    catchAll
    doubtful
    matches
    values
    wild
    wildcards
    ;

  # The service that rules send a request to, or null. `host` is null where only AWS knows the name.
  receiver =
    rules:
    { host, path }:
    let
      isIts =
        pattern: if host == null then pattern == "*" else matches (lib.toLower pattern) (lib.toLower host);
      fits =
        rule:
        lib.any (pattern: matches pattern path) rule.paths && (!(rule ? hosts) || lib.any isIts rule.hosts);
    in
    (lib.findFirst fits { service = null; } rules).service;

  # Those of one service.
  rulesOf =
    services: name:
    map (
      rule:
      removeAttrs rule [
        "name"
        "service"
      ]
    ) (lib.filter (rule: rule.service == name) (all services));
}
