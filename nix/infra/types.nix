# Types whose values are judged later, together with all other rules, so that every mistake is told at once.
#
# `problem` gives null, or what is wrong with a value; rules/values.nix asks it of every option.
{ lib }:
let
  inherit (lib) types;
  judged =
    base: description: problem:
    base // { inherit description problem; };
  show = lib.concatMapStringsSep ", " toString;
in
{
  inherit judged;

  between =
    lowest: highest:
    judged types.int "integer between ${toString lowest} and ${toString highest}" (
      value:
      if lowest <= value && value <= highest then
        null
      else
        "must be between ${toString lowest} and ${toString highest}"
    );

  oneOf =
    values:
    judged (types.either types.int types.str) "one of ${show values}" (
      value: if lib.elem value values then null else "must be one of ${show values}"
    );

  matching =
    pattern: words:
    judged types.str words (
      value: if builtins.match pattern value != null then null else "must be ${words}"
    );

  # A list of such values.
  listOf =
    inner:
    judged (types.listOf inner) "list of ${inner.description}" (
      value:
      let
        problems = lib.filter (one: inner.problem one != null) value;
      in
      if problems == [ ] then
        null
      else
        "${lib.concatMapStringsSep ", " (one: "`${toString one}`") problems} ${inner.problem (lib.head problems)}"
    );

  nullOr =
    inner:
    judged (types.nullOr inner) "null or ${inner.description}" (
      value: if value == null then null else inner.problem value
    );
}
