# What an environment can have beside its services: what is made of it, and what is refused.
{
  lib,
  pkgs,
  library,
}:
let
  eval =
    environment:
    library.evalInfra {
      inherit lib;
      modules = [
        {
          project = "shop";
          services.web = {
            port = 3000;
            routes = [ "/*" ];
          };
          services.api = {
            port = 8000;
            routes = [ "/api/*" ];
            database = true;
          };
          services.worker.port = 9000;
          environments.here = environment;
        }
      ];
    };
  resources = environment: (eval environment).roots.here.resource or { };
  has = kind: environment: (resources environment) ? ${kind};
  said =
    list: words:
    lib.any (lib.hasInfix words) list
    || throw "not said: ${words}\nbut: ${lib.concatStringsSep "\n" list}";
  refuses = environment: said (eval environment).failed;
  warns = environment: said (eval environment).warnings;

  postgresql = {
    database.engine = "postgresql";
  };
  alarms = {
    alarms = {
      enable = true;
      emails = [ "team@example.com" ];
    };
  };
in
import ./tests.nix {
  inherit lib pkgs;
  name = "extras-are-what-they-say";
  description = "Firewall, logs, databases, cache, alarms and budgets are made as infra.nix asks for them";
  directory = ./extras;
  arguments = {
    inherit
      alarms
      eval
      has
      lib
      library
      postgresql
      refuses
      resources
      said
      warns
      ;
  };
}
