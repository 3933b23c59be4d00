# Paths of directories below `src`, relative to it and normal: `.`, `crates/web`.
{ lib, src }:
let
  segments = path: lib.filter (it: it != "" && it != ".") (lib.splitString "/" path);
  join = parts: if parts == [ ] then "." else lib.concatStringsSep "/" parts;

  at = directory: if directory == "." then src else src + "/${directory}";
  below = parent: name: if parent == "." then name else "${parent}/${name}";

  children =
    directory:
    lib.attrNames (lib.filterAttrs (_: kind: kind == "directory") (builtins.readDir (at directory)));
  exists = directory: builtins.pathExists (at directory);

  isPattern = segment: builtins.match ".*[*?[].*" segment != null;
  # `[!a]` is how globs say what regular expressions say as `[^a]`.
  regex =
    segment:
    lib.replaceStrings [ "\\[!" "\\[" "\\]" "\\*" "\\?" ] [ "[^" "[" "]" "[^/]*" "[^/]" ] (
      lib.escapeRegex segment
    );

  expand =
    from: parts:
    let
      rest = lib.tail parts;
      first = lib.head parts;
    in
    if parts == [ ] then
      [ from ]
    else if first == "**" then
      expand from rest ++ lib.concatMap (name: expand (below from name) parts) (children from)
    else if isPattern first then
      lib.concatMap (name: expand (below from name) rest) (
        lib.filter (name: builtins.match (regex first) name != null) (children from)
      )
    else if exists (below from first) then
      expand (below from first) rest
    else
      [ ];
in
{
  inherit at below isPattern;

  # `path`, as `directory` says it; null if it leads out of `src`.
  resolve =
    directory: path:
    let
      step =
        parts: segment:
        if segment != ".." then
          parts ++ [ segment ]
        else if parts == [ ] || lib.last parts == null then
          [ null ]
        else
          lib.init parts;
      parts = lib.foldl' step (segments directory) (segments path);
    in
    if lib.elem null parts || lib.hasPrefix "/" path then null else join parts;

  # Whether `directory` is `other`, or below it.
  within = other: directory: other == "." || directory == other || lib.hasPrefix "${other}/" directory;

  # The directories that a glob of Cargo's fits.
  matching = pattern: lib.unique (expand "." (segments pattern));
}
