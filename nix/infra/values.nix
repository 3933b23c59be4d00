# What is wrong with the values that options have: -> { mistyped, problems }, of trees of options.
#
# `mistyped` asks of what was said alone, so that one mistake does not hide others: whoever asks for the value of such an option
# gets an error of the module system, and nothing else. `problems` asks the types of types.nix.
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

  # An option without a value that nothing else gives.
  missing = option: !(option ? default) && !(isSet option) && !(option.internal or false);
  mistypedOf =
    tree:
    lib.concatMap (
      option:
      map
        (said: "${lib.showOption option.loc} = ${show said.value}: must be ${option.type.description}")
        (lib.filter (said: !option.type.check said.value) option.definitionsWithLocations)
      ++ lib.optional (missing option) "${lib.showOption option.loc}: has no value; it is ${option.type.description}"
    ) (lib.collect lib.isOption tree);
in
{
  mistyped = lib.concatMap mistypedOf;
  problems = lib.concatMap ofTree;
}
