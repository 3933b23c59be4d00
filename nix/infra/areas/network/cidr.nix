# IPv4 ranges as numbers: parse, split, compare.
{ lib }:
let
  power = exponent: if exponent == 0 then 1 else 2 * power (exponent - 1);
  ofBytes = lib.foldl' (sum: byte: sum * 256 + lib.toIntBase10 byte) 0;
  toBytes =
    number:
    lib.concatMapStringsSep "." (place: toString (lib.mod (number / place) 256)) [
      16777216
      65536
      256
      1
    ];
in
{
  # -> { first, bits }, or null for what is no range, or begins in the middle of one.
  parse =
    text:
    let
      found = builtins.match "([0-9]{1,3})[.]([0-9]{1,3})[.]([0-9]{1,3})[.]([0-9]{1,3})/([0-9]{1,2})" text;
      bytes = lib.take 4 found;
      bits = lib.toIntBase10 (lib.last found);
      first = ofBytes bytes;
    in
    if
      found == null
      || bits > 32
      || lib.any (byte: lib.toIntBase10 byte > 255) bytes
      || lib.mod first (power (32 - bits)) != 0
    then
      null
    else
      { inherit bits first; };

  # The range number `index` of those that a range has with so many more bits.
  subnet =
    range: more: index:
    "${toBytes (range.first + index * power (32 - range.bits - more))}/${toString (range.bits + more)}";
}
