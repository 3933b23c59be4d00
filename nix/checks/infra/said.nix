# What is said about an infra.nix, as text.
{ lib, evalInfra }:
module:
let
  said = evalInfra {
    inherit lib;
    modules = [ module ];
  };
  lines = lib.concatMapStrings (message: "${message}\n");
in
lines said.failed + "\nwarnings:\n" + lines said.warnings
