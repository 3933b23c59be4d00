# The type of what an environment says about a service: stronger than what the service says itself. Attribute sets are
# merged, everything else is replaced.
{ lib }:
let
  # Between a plain definition (100) and mkForce (50).
  strength = 90;
  stronger =
    value:
    if value ? _type then
      if value._type == "if" then
        value // { content = stronger value.content; }
      else if value._type == "merge" then
        value // { contents = map stronger value.contents; }
      else
        value
    else if lib.isAttrs value && !lib.isDerivation value then
      lib.mapAttrs (_: stronger) value
    else
      lib.mkOverride strength value;
in
lib.mkOptionType {
  name = "overrides";
  description = "options of a service";
  check = lib.isAttrs;
  merge =
    _:
    map (given: {
      _file = given.file;
      config = stronger given.value;
    });
}
