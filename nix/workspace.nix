# What the Cargo manifests under `src` say: the crates, where they are, which need which, and the files of each.
# All of it is read while evaluating, from sources; nothing is built for it.
{ lib }:
src:
let
  inherit (lib) fileset;
  root = lib.importTOML (src + "/Cargo.toml");

  # Cargo's globs, as far as workspaces use them: a star in place of the last name.
  expand =
    pattern:
    let
      parent = lib.removeSuffix "/*" pattern;
      isCrate =
        name: kind: kind == "directory" && builtins.pathExists (src + "/${parent}/${name}/Cargo.toml");
    in
    if lib.hasSuffix "/*" pattern then
      map (name: "${parent}/${name}") (
        lib.attrNames (lib.filterAttrs isCrate (builtins.readDir (src + "/${parent}")))
      )
    else
      [ pattern ];

  directories =
    lib.subtractLists (root.workspace.exclude or [ ]) (
      lib.concatMap expand (root.workspace.members or [ ])
    )
    ++ lib.optional (root ? package) ".";

  at = directory: if directory == "." then src else src + "/${directory}";

  crates = lib.listToAttrs (
    map (
      directory:
      let
        manifest = lib.importTOML (at directory + "/Cargo.toml");
      in
      lib.nameValuePair manifest.package.name { inherit directory manifest; }
    ) directories
  );

  # The workspace's own crates in a table of dependencies, with or without those that take a feature.
  local =
    optional: table:
    lib.concatLists (
      lib.mapAttrsToList (
        key: given:
        let
          spec = if given.workspace or false then root.workspace.dependencies.${key} else given;
        in
        lib.optional (spec ? path && (optional || !(given.optional or false))) (spec.package or key)
      ) table
    );

  tables = manifest: [
    (manifest.dependencies or { })
    (manifest.build-dependencies or { })
  ];
  needsOf =
    optional: crate:
    lib.unique (
      lib.concatMap (local optional) (
        tables crate.manifest ++ lib.concatMap tables (lib.attrValues (crate.manifest.target or { }))
      )
    );
  needs = lib.mapAttrs (_: needsOf true) crates;

  closure =
    optional: name:
    map (item: item.key) (
      lib.genericClosure {
        startSet = [ { key = name; } ];
        operator = item: map (key: { inherit key; }) (needsOf optional crates.${item.key});
      }
    );

  # Beside the sources of a crate that is the repository itself lies what no program is made of.
  aside = [
    ".github"
    ".envrc"
    ".gitignore"
    "docs"
    "flake.lock"
    "flake.nix"
    "infra.nix"
    "nix"
  ];

  # The files that a crate's library and programs can be made of. Its tests can't be among them; its README.md may well
  # be (`#![doc = include_str!("../README.md")]`).
  files =
    name:
    let
      inherit (crates.${name}) directory manifest;
      unlessDeclared = kind: folder: lib.optional (!(manifest ? ${kind})) folder;
      not =
        unlessDeclared "test" "tests"
        ++ unlessDeclared "bench" "benches"
        ++ unlessDeclared "example" "examples"
        ++ lib.optionals (directory == ".") aside;
      snapshots = fileset.fileFilter (file: file.hasExt "snap") (at directory);
    in
    fileset.difference (at directory) (
      fileset.unions ([ snapshots ] ++ map (path: fileset.maybeMissing (at directory + "/${path}")) not)
    );

  shared = [
    (src + "/Cargo.toml")
    (src + "/Cargo.lock")
    (fileset.maybeMissing (src + "/.cargo"))
  ];
  isRust = file: file.hasExt "rs" || file.hasExt "toml";
in
{
  inherit crates needs;

  version = root.workspace.package.version or root.package.version or "0.0.0";
  profiles = lib.attrNames (root.profile or { });

  # What `cargo build --package name` reads; with the crates that take a feature, or without.
  sources = optional: name: fileset.unions (shared ++ map files (closure optional name));

  # What says which dependencies there are, and which programs and libraries the crates have.
  manifests = fileset.unions (
    shared ++ map (crate: fileset.fileFilter isRust (at crate.directory)) (lib.attrValues crates)
  );

  # What lints and tests read.
  everything = fileset.unions (
    shared
    ++ map (crate: at crate.directory) (lib.attrValues crates)
    ++ map (path: fileset.maybeMissing (src + "/${path}")) [
      ".config"
      "clippy.toml"
      "nix/rendered"
    ]
  );
}
