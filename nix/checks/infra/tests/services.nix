# What a service may ask for.
{
  eval,
  service,
  broken,
  ...
}:
{
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

  testADatabaseIsNamedAfterTheProject = {
    expr =
      (eval (service {
        database = true;
      })).stack.services.web.environment;
    expected.DATABASE_URL = "sqlite:////data/shop.db";
  };

  # Not the value: the message may be in a log.
  testASecretGivenAsAValue = {
    expr =
      (eval (service {
        secrets = {
          FINE = { };
          KEY = "topsecret";
          NUMBER = 5;
        };
      })).failed;
    expected =
      map
        (
          variable:
          "services.web.secrets.${variable}: a secret's value is no part of infra.nix; write `secrets.${variable} = { };`, then `driftless secrets set web/${variable}`, and take another value: this one is in the Nix store, and in Git once it is committed"
        )
        [
          "KEY"
          "NUMBER"
        ];
  };
}
