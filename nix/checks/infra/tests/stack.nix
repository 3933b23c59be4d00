# What the command line is told beside the services.
{
  lib,
  eval,
  library,
  ...
}:
let
  here =
    environment:
    removeAttrs
      (eval {
        services.web.port = 80;
        environments.here = environment;
      }).stack.environments.here
      [ "services" ];
in
{
  testHowLongTrafficTakesToMove = {
    expr =
      (here {
        deployment = {
          strategy = "linear";
          step = 20;
          stepBake = 3;
          bake = 10;
        };
      }).pace;
    expected = {
      bake_minutes = 10;
      step_percent = 20;
      step_minutes = 3;
    };
  };

  testWhoMayAsk = {
    expr =
      map
        (environment: {
          inherit (here environment) cdn open;
        })
        [
          { }
          { cdn.enable = true; }
          { loadbalancer.from = [ "192.0.2.0/24" ]; }
        ];
    expected = [
      {
        cdn = false;
        open = true;
      }
      {
        cdn = true;
        open = true;
      }
      {
        cdn = false;
        open = false;
      }
    ];
  };

  testWhichWaysMustBeOpenAndWhichMustNot = {
    expr =
      map
        (environment: lib.intersectAttrs { must = [ ]; never = [ ]; } (here environment))
        [
          { }
          { never = [ "internet -> database" ]; }
          { must = [ "internet -> web" ]; }
        ];
    expected = [
      { }
      { never = [ "internet -> database" ]; }
      { must = [ "internet -> web" ]; }
    ];
  };

  testOfWhichFilesTheStackIs = {
    expr =
      (library.evalInfra {
        inherit lib;
        src = ../../../golden/stacks;
        modules = [
          ../../../golden/stacks/strategies/infra.nix
          { services.more.port = 80; }
        ];
      }).stack.sources;
    expected."strategies/infra.nix" =
      builtins.hashFile "sha256" ../../../golden/stacks/strategies/infra.nix;
  };
}
