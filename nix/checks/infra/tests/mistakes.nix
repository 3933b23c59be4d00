# What happens where something is wrong.
{
  lib,
  eval,
  library,
  service,
  broken,
  ...
}:
let
  throws = value: !(builtins.tryEval (builtins.deepSeq value true)).success;
in
{
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

  testTypesAreToldAtOnce = {
    expr =
      (eval {
        services.web = {
          memory = "1GB";
          cpu = [ ];
          architecture = null;
        };
        environments.dev = {
          preset = "prod";
          network.zones = "a";
          services.web.stopTimeout = "long";
        };
      }).failed;
    expected = [
      "services.web.architecture = null: must be one of x86_64, arm64"
      "services.web.cpu = [ ]: must be one of 256, 512, 1024, 2048, 4096, 8192, 16384"
      "services.web.memory = \"1GB\": must be signed integer"
      "services.web.port: has no value; it is integer between 1 and 65535"
      "environments.dev.network.zones = \"a\": must be list of the letter of a zone"
      "environments.dev.services.web.stopTimeout = \"long\": must be integer between 2 and 120"
    ];
  };

  testAPresetThatIsNotThere = {
    expr =
      (eval {
        services.web.port = 80;
        environments.dev = {
          preset = "prod";
          database.engine = "mysql";
        };
      }).failed;
    expected = [
      "environments.dev.database.engine = \"mysql\": must be one of sqlite, postgresql, aurora-postgresql"
      "environments.dev.preset = \"prod\": must be one of small, production"
    ];
  };

  testWhatAContainerGetsAnywayIsNotSaidAgain = {
    expr = map (message: lib.head (lib.splitString ":" message)) (
      (eval {
        services.web = {
          port = 80;
          database = true;
          environment.DATABASE_URL = "sqlite:///elsewhere.db";
          environment.WEB_URL = "http://service:web";
          secrets = {
            PORT = { };
            DATABASE_PASSWORD = { };
            CACHE_URL = { };
          };
        };
        environments.dev = {
          database.engine = "postgresql";
          cache.enable = true;
          services.web.cache = true;
        };
      }).failed
    );
    expected = [
      "services.web.environment.WEB_URL = \"http"
      "services.web.environment.DATABASE_URL"
      "services.web.secrets.PORT"
      "environments.dev.services.web.secrets.CACHE_URL"
      "environments.dev.services.web.secrets.DATABASE_PASSWORD"
    ];
  };

  testNobodyAnswersTheRest = {
    expr =
      map
        (
          more:
          lib.length (
            lib.filter (lib.hasInfix "404")
              (eval {
                services.web = {
                  port = 80;
                }
                // more;
                environments.dev = { };
              }).warnings
          )
        )
        [
          {
            routes = [
              "/api"
              "/api/*"
            ];
          }
          {
            routes = [ "/*" ];
            hosts = [ "www.example.com" ];
          }
          { routes = [ "/*" ]; }
        ];
    expected = [
      1
      1
      0
    ];
  };

  testAnOptionThatIsMisspelt = {
    expr =
      throws
        (eval (service {
          prot = 80;
        })).stack;
    expected = true;
  };

  # Path patterns and hosts as a listener's rule takes them.
  testWhatNoRuleCanHoldIsRefused = {
    expr =
      let
        count = more: lib.length (eval (service more)).failed;
      in
      map (route: count { routes = [ route ]; }) [
        "/users/*"
        "/users/{id}"
        "/a%20b"
        "/x;y"
      ]
      ++ map (
        host:
        count {
          routes = [ "/*" ];
          hosts = [ host ];
        }
      ) [
        "*.example.com"
        "intranet"
        "a.*"
      ];
    expected = [
      0
      1
      1
      1
      0
      1
      1
    ];
  };

  testTwoThingsHaveTwoNames = {
    expr =
      let
        two =
          more:
          (library.evalInfra {
            inherit lib;
            modules = [
              {
                project = "shop";
                services.api-v2.port = 80;
                services.v2.port = 81;
                environments.dev = { };
                environments.dev-api = more;
              }
            ];
          }).failed;
      in
      [
        (two { })
        (two { account = "123456789012"; })
        (lib.length
          (library.evalInfra {
            inherit lib;
            modules = [
              {
                project = "sg-tools";
                environments.dev = { };
              }
            ];
          }).failed
        )
      ];
    expected = [
      [
        "environments.dev-api: `shop-dev-api-v2` is also what something in `environments.dev` is called; give one of them another name, or say by `account` that they are in different ones"
      ]
      [
        "environments.dev-api: `shop-dev-api-v2` is also what something in `environments.dev` is called; give one of them another name, or say by `account` that they are in different ones"
      ]
      1
    ];
  };

  testZonesThatARegionLacksAreNotLeftOutInSilence = {
    expr =
      let
        failed = network: lib.length (eval { environments.here = { region = "eu-central-1"; inherit network; }; }).failed;
      in
      [
        (failed { availabilityZones = 3; })
        (failed { availabilityZones = 4; })
        (failed {
          availabilityZones = 4;
          zones = [
            "a"
            "b"
          ];
        })
      ];
    expected = [
      0
      1
      0
    ];
  };
}
