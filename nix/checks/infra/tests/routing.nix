# Which requests go where, in which order.
{
  lib,
  eval,
  service,
  ...
}:
let
  routing = import ../../../infra/routing.nix { inherit lib; };
  # In the order in which they are tried.
  rules =
    routes:
    (eval (service {
      inherit routes;
    })).stack.services.web.rules;
in
{
  testARouteOfTwoServices = {
    expr =
      (eval {
        services.a = {
          port = 1;
          routes = [ "/*" ];
        };
        services.b = {
          port = 2;
          routes = [ "/*" ];
        };
      }).failed;
    expected = [ "services.*.routes: `/*` is claimed 2 times, by a and b" ];
  };

  testRoutesAreSplitIntoRulesOfFive = {
    expr = lib.sort lib.lessThan (
      map (rule: lib.length rule.paths) (rules (map (n: "/${toString n}") (lib.range 1 7)))
    );
    expected = [
      2
      5
    ];
  };

  testTheCatchAllComesLast = {
    expr = map (rule: rule.paths) (rules [
      "/*"
      "/a"
    ]);
    expected = [
      [ "/a" ]
      [ "/*" ]
    ];
  };

  testNumbersAreThoseOfAListener = {
    expr = map (rule: rule.priority) (
      lib.filter (rule: rule.priority < 1 || rule.priority > 50000) (rules [
        "/"
        "/*"
        "/${lib.concatStrings (lib.genList (_: "a") 127)}"
      ])
    );
    expected = [ ];
  };

  # A number in use is refused, and what is renamed is away for a moment.
  testRulesStayWhenOthersComeAndGo = {
    expr =
      let
        of =
          frontend:
          let
            evaluated = eval {
              services.backend = {
                port = 8000;
                routes = [
                  "/api"
                  "/api/*"
                  "/health"
                ];
              };
              services.frontend = {
                port = 3000;
                routes = [ "/*" ] ++ frontend;
              };
              environments.dev = { };
            };
          in
          lib.mapAttrs (_: rule: rule.priority) evaluated.roots.dev.resource.aws_lb_listener_rule;
        before = of [ ];
      in
      [
        (lib.length (lib.attrNames before))
        (lib.intersectAttrs before (of [ "/items/of/all/kinds" ]) == before)
        (
          lib.intersectAttrs before (of [
            "/a"
            "/items"
            "/b*"
          ]) == before
        )
      ];
    expected = [
      2
      true
      true
    ];
  };

  testARuleStaysWhenANarrowerRouteJoinsIt = {
    expr =
      let
        one = lib.head (rules [ "/api/*" ]);
        two = lib.head (rules [
          "/api/*"
          "/api/items"
        ]);
      in
      [
        (one.priority == two.priority)
        two.paths
      ];
    expected = [
      true
      [
        "/api/items"
        "/api/*"
      ]
    ];
  };

  # `/x` is narrower than nothing of the other's, `/a/b/*` is narrower than `/a/*`: they can't share a rule.
  testARuleIsSplitWhereAnotherServiceIsBetween = {
    expr = map (rule: rule.paths) (
      routing.rulesOf {
        one = {
          hosts = [ ];
          routes = [
            "/a/b/*"
            "/x"
          ];
        };
        other = {
          hosts = [ ];
          routes = [ "/a/*" ];
        };
      } "one"
    );
    expected = [
      [ "/a/b/*" ]
      [ "/x" ]
    ];
  };

  # By trying: whoever has the narrowest pattern for an address gets it, whatever shares a rule with what.
  testTheNarrowestPatternOfAllGetsTheRequest = {
    expr =
      let
        services = {
          one = {
            hosts = [ ];
            routes = [
              "/"
              "/a"
              "/a/b/*"
              "/a/b/c/d/*"
              "/e*"
              "/x/y/z"
            ];
          };
          two = {
            hosts = [ ];
            routes = [
              "/a/"
              "/a/*"
              "/a/b/c/*"
              "/e/f"
              "/x/*"
            ];
          };
          three = {
            hosts = [ "www.example.com" ];
            routes = [
              "/a/*"
              "/e/?"
            ];
          };
          four = {
            hosts = [ ];
            routes = [ "/*" ];
          };
        };
        all = routing.all services;
        literals = path: lib.stringLength path - routing.wild path;
        wanted =
          host: path:
          let
            fits = lib.concatLists (
              lib.mapAttrsToList (
                name: service:
                map (route: {
                  inherit name;
                  key = [
                    (0 - literals route)
                    (if routing.wild route == 0 then 0 else 1)
                    (if service.hosts == [ ] then 1 else 0)
                  ];
                }) (lib.filter (route: routing.matches route path) service.routes)
              ) (lib.filterAttrs (_: service: service.hosts == [ ] || lib.elem host service.hosts) services)
            );
          in
          (lib.head (lib.sort (left: right: lib.compareLists lib.compare left.key right.key < 0) fits)).name;
        asked = lib.cartesianProduct {
          host = [
            "www.example.com"
            "other.example.com"
          ];
          path = [
            "/"
            "/a"
            "/a/"
            "/a/b"
            "/a/b/"
            "/a/b/c"
            "/a/b/c/d"
            "/a/b/c/d/e"
            "/e"
            "/e/f"
            "/e/g"
            "/x/y"
            "/x/y/z"
            "/nothing"
          ];
        };
      in
      lib.filter (one: routing.receiver all one != wanted one.host one.path) asked;
    expected = [ ];
  };

  testWhatTwoServicesClaimAlikeIsRefused = {
    expr =
      let
        of =
          one: other:
          (eval {
            services.one = {
              port = 1;
              routes = [ one ];
            };
            services.other = {
              port = 2;
              routes = [ other ];
            };
          }).failed;
      in
      [
        (of "/api/?" "/api/*")
        (of "/a*b" "/ab*")
        (of "/a/*/c" "/a/*/d")
        (of "/api/*" "/api/x*")
      ];
    expected = [
      [
        "services.*.routes: `/api/?` of one and `/api/*` of other match the same addresses, and neither is narrower; make one of them longer"
      ]
      [
        "services.*.routes: `/a*b` of one and `/ab*` of other match the same addresses, and neither is narrower; make one of them longer"
      ]
      [ ]
      [ ]
    ];
  };

  testRulesOfOneNumberAreMovedApart = {
    expr =
      let
        numbers = map (rule: rule.priority) (
          routing.all (
            lib.listToAttrs (
              map (n: {
                name = "s${toString n}";
                value = {
                  hosts = [ ];
                  routes = [ "/${lib.fixedWidthNumber 3 n}" ];
                };
              }) (lib.range 1 60)
            )
          )
        );
      in
      lib.length (lib.unique numbers);
    expected = 60;
  };

  testTheNarrowerRouteIsTriedFirst = {
    expr =
      let
        evaluated = eval {
          services.a = {
            port = 80;
            routes = [
              "/*"
              "/x/*"
            ];
          };
          services.b = {
            port = 80;
            routes = [ "/x/y/*" ];
          };
        };
        inherit (evaluated) stack;
        first = name: lib.head (lib.head stack.services.${name}.rules).paths;
        priority = name: (lib.head stack.services.${name}.rules).priority;
      in
      [
        (first "a")
        (priority "b" < priority "a")
      ];
    expected = [
      "/x/*"
      true
    ];
  };

  testWildcardsHaveTheirOwnLimitInARule = {
    expr = lib.sort lib.lessThan (
      map (rule: lib.length rule.paths) (rules [
        "/a/*/*"
        "/b/*/*"
        "/c/*/*"
      ])
    );
    expected = [
      1
      2
    ];
  };
}
