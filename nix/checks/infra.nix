# What an infra.nix says of services and environments: what is accepted, and what is refused, with which words.
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
in
import ./tests.nix {
  inherit lib pkgs;
  name = "infra-refuses-what-cannot-be";
  description = "infra.nix is refused, with reasons, where it asks for what AWS cannot do";
  directory = ./infra/tests;
  arguments = {
    inherit
      broken
      eval
      lib
      library
      service
      ;
  };
}
