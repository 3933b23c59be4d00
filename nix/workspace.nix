# What the Cargo manifests under `src` say: the crates, where they are, which need which, and the files of each.
# All of it is read while evaluating, from sources; nothing is built for it.
{ lib }:
{
  src,
  # What crates are made of beside their own directories, as paths or filesets: `[ ./migrations ./.sqlx ]`.
  extraFiles ? [ ],
}:
let
  inherit (lib) fileset;
  root = lib.importTOML (src + "/Cargo.toml");

  directories = import ./workspace/directories.nix { inherit lib src; };
  inherit (directories) at within;
  found = import ./workspace/crates.nix {
    inherit
      directories
      lib
      root
      src
      ;
  };
  crates = found.members;
  binariesOf = import ./workspace/binaries.nix { inherit at lib; };

  names = lib.mapAttrs' (name: crate: lib.nameValuePair crate.directory name) crates;
  # The workspace's own crates that one is made of.
  needsOf =
    optional: crate: map (it: names.${it}) (lib.filter (it: names ? ${it}) (found.needsOf optional crate));

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
      # Crates below this one are others.
      others = lib.filter (other: other != directory && within directory other) (lib.attrNames names);
    in
    fileset.difference (at directory) (
      fileset.unions (
        [ snapshots ]
        ++ map (path: fileset.maybeMissing (at directory + "/${path}")) not
        ++ map at others
      )
    );

  # Which dependencies there are, and how they are compiled.
  manifest = [
    (src + "/Cargo.toml")
    (src + "/Cargo.lock")
  ]
  ++ map (path: fileset.maybeMissing (src + "/${path}")) [
    ".cargo"
    "rust-toolchain"
    "rust-toolchain.toml"
  ];
  # Crates that are no members, such as those that take the place of published ones: dependencies need them whole.
  beside = map at found.beside;
  shared = manifest ++ beside ++ extraFiles;
  isRust = file: file.hasExt "rs" || file.hasExt "toml";
in
{
  inherit binariesOf crates;
  needs = lib.mapAttrs (_: needsOf true) crates;

  version = root.workspace.package.version or root.package.version or "0.0.0";
  profiles = lib.attrNames (root.profile or { });

  # What `cargo build --package name` reads; with the crates that take a feature, or without.
  sources = optional: name: fileset.unions (shared ++ map files (closure optional name));

  # What says which dependencies there are, and which programs and libraries the crates have.
  manifests = fileset.unions (
    manifest
    ++ map (crate: fileset.fileFilter isRust (at crate.directory)) (lib.attrValues crates)
  );
  # What of it is compiled as it is, with the dependencies; null if there is nothing.
  beside = if beside == [ ] then null else fileset.unions beside;

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
