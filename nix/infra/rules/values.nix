# Asks the types of ../types.nix what is wrong with the values that options have.
{ lib }:
let
  isSet = option: (builtins.tryEval option.isDefined).value or false;
  show = value: lib.generators.toPretty { multiline = false; } value;
  ofTree =
    tree:
    lib.concatMap (
      option:
      let
        problem = option.type.problem option.value;
      in
      lib.optional (option.type ? problem && isSet option && problem != null) {
        assertion = false;
        message = "${lib.showOption option.loc} = ${show option.value}: ${problem}";
      }
    ) (lib.collect lib.isOption tree);
in
lib.concatMap ofTree
