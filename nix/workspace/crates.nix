# The crates of a workspace, found as Cargo finds them: { members.NAME = { directory, manifest }; beside = [ directory ]; }.
{
  lib,
  src,
  # The manifest at the root, and paths of directories.
  root,
  directories,
}:
let
  inherit (directories)
    at
    isPattern
    matching
    resolve
    within
    ;
  workspace = root.workspace or { };
  hasManifest = directory: builtins.pathExists (at directory + "/Cargo.toml");
  read = directory: lib.importTOML (at directory + "/Cargo.toml");

  # Cargo compares these as the beginnings of paths, and a member that is named counts more.
  excluded =
    directory:
    lib.any (path: within (resolve "." path) directory) (workspace.exclude or [ ])
    && !lib.any (path: !isPattern path && within (resolve "." path) directory) (workspace.members or [ ]);

  named = lib.concatMap (
    path:
    if isPattern path then
      lib.filter hasManifest (matching path)
    else if hasManifest (resolve "." path) then
      [ (resolve "." path) ]
    else
      throw "Cargo.toml: the member `${path}` of the workspace has no Cargo.toml"
  ) (workspace.members or [ ]);

  # Every table of dependencies of a manifest.
  tables =
    kinds: manifest:
    lib.concatMap (of: map (kind: of.${kind} or { }) kinds) (
      [ manifest ] ++ lib.attrValues (manifest.target or { })
    );
  everyKind = [
    "dependencies"
    "dev-dependencies"
    "build-dependencies"
  ];

  # Where the dependencies by path of a crate are: [ { directory, optional } ].
  byPath =
    kinds:
    { directory, manifest }:
    lib.concatMap (
      table:
      lib.concatLists (
        lib.mapAttrsToList (
          key: given:
          let
            inherited = given.workspace or false;
            spec = if inherited then workspace.dependencies.${key} else given;
            to = resolve (if inherited then "." else directory) spec.path;
          in
          lib.optional (lib.isAttrs given && spec ? path) {
            optional = given.optional or false;
            directory =
              if to == null then
                throw "${directory}/Cargo.toml: `${key}` is at `${spec.path}`, outside of `src`: let `src` be a directory that has both"
              else
                to;
          }
        ) table
      )
    ) (tables kinds manifest);

  neighbours = directory: map (it: it.directory) (byPath everyKind { inherit directory; manifest = read directory; });
  reach =
    wanted: start:
    map (it: it.key) (
      lib.genericClosure {
        startSet = map (key: { inherit key; }) start;
        operator = { key }: map (key: { inherit key; }) (lib.filter wanted (neighbours key));
      }
    );

  # What a member depends on by path is a member, too.
  members = reach (directory: !excluded directory) (
    lib.filter (directory: !excluded directory) named ++ lib.optional (root ? package) "."
  );

  # Crates that are no members: those that are excluded, and those that take the place of published ones.
  replaced = lib.concatMap (table: lib.attrValues table) (
    lib.attrValues (root.patch or { }) ++ [ (root.replace or { }) ]
  );
  apart = lib.filter (directory: !lib.elem directory members) (
    lib.concatMap neighbours members
    ++ map (spec: resolve "." spec.path) (lib.filter (spec: spec ? path) replaced)
  );
in
{
  members = lib.listToAttrs (
    map (
      directory:
      let
        manifest = read directory;
      in
      lib.nameValuePair manifest.package.name { inherit directory manifest; }
    ) members
  );
  beside = lib.unique (reach (directory: !lib.elem directory members) apart);

  # Which directories a crate is made of: with the dependencies that take a feature, or without.
  needsOf =
    optional: crate:
    lib.unique (
      map (it: it.directory) (
        lib.filter (it: optional || !it.optional) (
          byPath [
            "dependencies"
            "build-dependencies"
          ] crate
        )
      )
    );
}
