# The files of the areas in one directory: those that there are.
{ lib }:
directory:
lib.filter builtins.pathExists (map (area: directory + "/${area}.nix") (import ./areas.nix))
