# Evaluates what must be accepted and what must be refused, with what is said.
{
  lib,
  pkgs,
  library,
}:
let
  eval =
    module:
    library.evalInfra {
      inherit lib;
      modules = [
        { project = "shop"; }
        module
      ];
    };
  service = more: {
    services.web = {
      port = 80;
    }
    // more;
  };
  # The rules that a service breaks, by what they say first.
  broken = more: map (message: lib.head (lib.splitString ":" message)) (eval (service more)).failed;
  throws = value: !(builtins.tryEval (builtins.deepSeq value true)).success;
  rules =
    routes:
    (eval (service {
      inherit routes;
    })).stack.services.web.rules;

  failures = lib.runTests {
    testASizeThatFargateLacks = {
      expr = broken { memory = 300; };
      expected = [ "services.web.memory = 300" ];
    };
    testATimeoutAsLongAsTheInterval = {
      expr = broken { health.timeout = 30; };
      expected = [ "services.web.health.timeout = 30" ];
    };
    testTwoWritersOfOneFile = {
      expr = broken {
        database = true;
        tasks = 2;
      };
      expected = [ "services.web.tasks = 2" ];
    };
    testAServiceThatIsNotThere = {
      expr =
        (eval (service {
          environment.API = "service:api";
        })).failed;
      expected = [
        "services.web.environment.API = \"service:api\": there is no such service; there are web"
      ];
    };
    testAnEnvironmentIsStrongerThanAService = {
      expr =
        let
          inherit
            (eval {
              services.web = {
                port = 80;
                memory = 1024;
                environment.A = "everywhere";
              };
              environments.dev.services.web = {
                memory = 512;
                environment.B = "here";
              };
            })
            environments
            ;
          inherit (environments.dev.services) web;
        in
        {
          inherit (web) environment memory port;
        };
      expected = {
        port = 80;
        memory = 512;
        environment = {
          A = "everywhere";
          B = "here";
        };
      };
    };
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
    testAllIsToldAtOnce = {
      expr = lib.length (broken {
        memory = 300;
        health.timeout = 30;
        environment.A = "service:a";
      });
      expected = 3;
    };
    testWhatIsBrokenHasNoStack = {
      expr =
        throws
          (eval (service {
            memory = 300;
          })).stack;
      expected = true;
    };
    testAnOptionThatIsMisspelt = {
      expr =
        throws
          (eval (service {
            prot = 80;
          })).stack;
      expected = true;
    };
    testRoutesAreSplitIntoRulesOfFive = {
      expr = map (rule: [
        rule.priority
        (lib.length rule.paths)
      ]) (rules (map (n: "/${toString n}") (lib.range 1 7)));
      expected = [
        [
          100
          5
        ]
        [
          110
          2
        ]
      ];
    };
    testTheCatchAllComesLast = {
      expr = rules [
        "/*"
        "/a"
      ];
      expected = [
        {
          priority = 100;
          paths = [ "/a" ];
        }
        {
          priority = 50000;
          paths = [ "/*" ];
        }
      ];
    };
    testAnEnvironmentMergesSetsAndReplacesTheRest = {
      expr =
        let
          inherit
            ((eval {
              services.web = {
                port = 80;
                cpu = 512;
                memory = 1024;
                routes = [ "/a" ];
                environment = {
                  A = "1";
                  B = "1";
                };
              };
              environments.prod.services.web = {
                memory = 2048;
                routes = [ "/b" ];
                environment.B = "2";
              };
            }).environments.prod.services
            )
            web
            ;
        in
        {
          inherit (web)
            cpu
            environment
            memory
            routes
            ;
        };
      expected = {
        cpu = 512;
        memory = 2048;
        routes = [ "/b" ];
        environment = {
          A = "1";
          B = "2";
        };
      };
    };
    testWhatIsSaidIsStrongerThanAPreset = {
      expr =
        let
          inherit
            ((eval {
              environments.prod = {
                preset = "production";
                logs.days = 7;
              };
            }).environments
            )
            prod
            ;
        in
        [
          prod.logs.days
          prod.network.egress
        ];
      expected = [
        7
        "nat-per-zone"
      ];
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
      expr = map (rule: lib.length rule.paths) (rules [
        "/a/*/*"
        "/b/*/*"
        "/c/*/*"
      ]);
      expected = [
        2
        1
      ];
    };
    testALongNameEndsInAHashOfItself = {
      expr =
        let
          inherit
            (import ../infra/names.nix {
              inherit lib;
              project.project = "shop";
            })
            short
            ;
          long = "a-project-prod-a-service-with-a-name";
        in
        [
          (short 32 "shop-prod-web")
          (lib.stringLength (short 32 long) <= 32)
          (short 32 long == short 32 "${long}s")
        ];
      expected = [
        "shop-prod-web"
        true
        false
      ];
    };
    testSubnetsAreDisjointPartsOfTheirRange = {
      expr =
        let
          cidr = import ../infra/cidr.nix { inherit lib; };
          range = cidr.parse "10.1.0.0/20";
        in
        [
          (cidr.subnet range 4 0)
          (cidr.subnet range 4 9)
          (cidr.parse "10.1.0.1/20")
          (cidr.parse "10.1.0.256/20")
        ];
      expected = [
        "10.1.0.0/24"
        "10.1.9.0/24"
        null
        null
      ];
    };
    testTheOldestProviderOfARange = {
      expr = map (import ../infra/provider.nix { inherit lib; }).oldest [
        ">= 5.100, < 7"
        "< 7, >= 6.4.0"
        "~> 6.21"
        "6.30.0"
        "< 7"
      ];
      expected = [
        "5.100"
        "6.4.0"
        "6.21"
        "6.30.0"
        null
      ];
    };
    testADatabaseIsNamedAfterTheProject = {
      expr =
        (eval (service {
          database = true;
        })).stack.services.web.environment;
      expected.DATABASE_URL = "sqlite:////data/shop.db";
    };
  };
in
assert lib.assertMsg (failures == [ ])
  "tests of infra.nix's options:\n${lib.generators.toPretty { } failures}";
pkgs.runCommand "infra-refuses-what-cannot-be" {
  meta.description = "infra.nix is refused, with reasons, where it asks for what AWS cannot do";
} "touch $out"
