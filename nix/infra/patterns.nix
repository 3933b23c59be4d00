# Patterns of paths and hosts, as a load balancer reads them: `*` is any characters, `?` is one.
{ lib }:
let
  count = character: text: lib.count (one: one == character) (lib.stringToCharacters text);
  wild = text: count "*" text + count "?" text;
  literals = text: lib.stringLength text - wild text;

  matches =
    pattern: text:
    let
      expression = lib.replaceStrings [ "\\*" "\\?" ] [ ".*" "." ] (lib.escapeRegex pattern);
    in
    builtins.match expression text != null;

  # Whether there is a text that both patterns match.
  meet =
    left: right:
    let
      beginning = text: lib.head (builtins.split "[*?]" text);
      mayBegin =
        let
          one = beginning left;
          other = beginning right;
        in
        lib.hasPrefix one other || lib.hasPrefix other one;
      go =
        one: other:
        let
          next = lib.tail one;
          rest = lib.tail other;
        in
        if one != [ ] && lib.head one == "*" then
          go next other || other != [ ] && go one rest
        else if other != [ ] && lib.head other == "*" then
          go other one
        else if one == [ ] || other == [ ] then
          one == other
        else
          (lib.head one == lib.head other || lib.head one == "?" || lib.head other == "?") && go next rest;
    in
    mayBegin && go (lib.stringToCharacters left) (lib.stringToCharacters right);
in
{
  inherit
    literals
    matches
    meet
    wild
    ;
}
