# The SHA-256 of each file that was given as a module, so that the command line can tell that one was changed since.
{
  lib,
  modules,
  src,
}:
let
  files = lib.filter (module: builtins.isPath module || lib.isStringLike module) modules;
  nameOf =
    file: if src == null then baseNameOf file else lib.removePrefix "${toString src}/" (toString file);
in
lib.listToAttrs (
  map (file: lib.nameValuePair (nameOf file) (builtins.hashFile "sha256" file)) (
    # A directory stands for its default.nix.
    map (file: if lib.pathIsDirectory file then file + "/default.nix" else file) files
  )
)
