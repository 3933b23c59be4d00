# The names of a crate's programs, as Cargo finds them.
{ lib, at }:
{ directory, manifest }:
let
  source = at directory + "/src";
  entries = path: if builtins.pathExists path then builtins.readDir path else { };
  declared = manifest.bin or [ ];
  paths = map (lib.removePrefix "./") (lib.catAttrs "path" declared);

  found =
    lib.optional (builtins.pathExists (source + "/main.rs")) {
      inherit (manifest.package) name;
      path = "src/main.rs";
    }
    ++ lib.concatLists (
      lib.mapAttrsToList (
        name: kind:
        if kind == "directory" then
          lib.optional (builtins.pathExists (source + "/bin/${name}/main.rs")) {
            inherit name;
            path = "src/bin/${name}/main.rs";
          }
        else
          lib.optional (lib.hasSuffix ".rs" name) {
            name = lib.removeSuffix ".rs" name;
            path = "src/bin/${name}";
          }
      ) (entries (source + "/bin"))
    );
  # A file that is the program of a declared one has no other name.
  automatic = lib.optionals (manifest.package.autobins or true) (
    lib.filter (it: !lib.elem it.path paths) found
  );
in
lib.unique (lib.catAttrs "name" declared ++ map (it: it.name) automatic)
