# Types whose values are judged later, together with all other rules, so that every mistake is told at once.
#
# `problem` gives null, or what is wrong with a value; values.nix asks it of every option.
{ lib }:
let
  inherit (lib) types;
  judged =
    base: description: problem:
    base // { inherit description problem; };
  matching =
    pattern: words:
    judged types.str words (
      value: if builtins.match pattern value != null then null else "must be ${words}"
    );
  show = lib.concatMapStringsSep ", " toString;
in
{
  inherit judged matching;

  email = matching "[^@ ]+@[^@ ]+[.][^@ ]+" "an address such as team@example.com";

  domainName = matching "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}" "a domain name in lower case, such as items.example.com";

  region =
    let
      words = "a region such as us-east-1";
      known = import ./regions.nix;
      # China, GovCloud, the sovereign cloud, and those that are secret.
      others = [
        "cn-"
        "eu-isoe-"
        "eusc-"
        "us-gov-"
        "us-iso"
      ];
    in
    judged types.str words (
      value:
      if lib.any (other: lib.hasPrefix other value) others then
        "is in a partition of AWS with other names and fewer services, where nothing of this was ever tried; use a region of the partition `aws`, such as us-east-1"
      else if !lib.elem value known then
        "must be ${words}; those that are known are ${show known}"
      else
        null
    );

  # What names of projects, services and environments are made of: fit for repositories, host names and everything else.
  name =
    let
      words = "1 to 32 of a-z, 0-9 and single - between them, a letter first";
    in
    judged types.str words (
      value:
      if builtins.match "[a-z]([a-z0-9]|-[a-z0-9])*" value != null && lib.stringLength value <= 32 then
        null
      else
        "must be ${words}"
    );

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
        "${
          lib.concatMapStringsSep ", " (one: "`${toString one}`") problems
        } ${inner.problem (lib.head problems)}"
    );

  nullOr =
    inner:
    judged (types.nullOr inner) "null or ${inner.description}" (
      value: if value == null then null else inner.problem value
    );
}
