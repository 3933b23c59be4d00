# A check of what evaluates: the tests of all files of a directory, each { testNAME = { expr; expected; }; }.
{
  lib,
  pkgs,
  name,
  description,
  directory,
  # What the files are given.
  arguments,
}:
let
  files = lib.filter (lib.hasSuffix ".nix") (lib.attrNames (builtins.readDir directory));
  # A test that is named like another would take its place.
  both =
    left: right:
    let
      twice = lib.attrNames (lib.intersectAttrs left right);
    in
    assert lib.assertMsg (twice == [ ]) "two tests of ${name} are called ${toString twice}";
    left // right;
  tests = lib.foldl' both { } (map (file: import (directory + "/${file}") arguments) files);
  failures = lib.runTests tests;
in
assert lib.assertMsg (failures == [ ]) "${name}:\n${lib.generators.toPretty { } failures}";
pkgs.runCommand name { meta = { inherit description; }; } "touch $out"
