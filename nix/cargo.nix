# How Cargo is run for a workspace: by which toolchain, with which programs, libraries and variables, and with which crates.
{
  lib,
  crane,
  workspace,
}:
{
  src,
  extraFiles ? [ ],
  # Compilers instead of those of nixpkgs, as crane's `overrideToolchain` wants them: pkgs: derivation.
  toolchain ? null,
  # Programs that builds start (protobuf, pkg-config, cmake): pkgs: [ … ]; of the machine that builds.
  nativeBuildInputs ? _: [ ],
  # Libraries that programs link: pkgs: [ … ]; for images `pkgs` is that of static programs.
  buildInputs ? _: [ ],
  # Variables of every build, lint and test.
  env ? { },
  # Cargo features of the workspace's packages, beside the default ones or without them.
  features ? [ ],
  defaultFeatures ? true,
  # What is different for the program of one package: NAME = old: { … }, arguments of crane's `buildPackage`.
  overrides ? { },
  # More registries: crane: [ (crane.registryFromDownloadUrl { … }) ].
  registries ? _: [ ],
  # Hashes of Git dependencies, by their `source` in Cargo.lock: with them evaluating fetches nothing.
  outputHashes ? { },
  # The crates, vendored already: pkgs: derivation.
  vendorDir ? null,
}:
let
  cargo = workspace { inherit extraFiles src; };

  # Cargo uses one source of flags and no other. These are those of its configuration that ours stand for.
  configurations = lib.filter builtins.pathExists (
    map (name: src + "/.cargo/${name}") [
      "config.toml"
      "config"
    ]
  );
  configuration = if configurations == [ ] then { } else lib.importTOML (lib.head configurations);
  listed = flags: if lib.isString flags then lib.filter (it: it != "") (lib.splitString " " flags) else flags;
  forTargets = lib.any (target: lib.isAttrs target && target ? rustflags) (
    lib.attrValues (configuration.target or { })
  );
  rustflags = lib.optionals (!forTargets) (listed (configuration.build.rustflags or [ ]));

  replacing = lib.filter (name: env ? ${name}) [
    "CARGO_BUILD_RUSTFLAGS"
    "CARGO_ENCODED_RUSTFLAGS"
    "RUSTFLAGS"
  ];
  checked =
    lib.throwIf (replacing != [ ])
      "mkProject: cargo.env.${lib.head replacing} would replace the flags that images need: say it in .cargo/config.toml, as build.rustflags";

  asked = import ./workspace/toolchain.nix { inherit lib src; };
  # Said where nothing can honour what rust-toolchain.toml asks for.
  heard =
    set: lib.warnIf (toolchain == null && !asked.satisfiedBy set.buildPackages.rustc.version) (asked.warning set.buildPackages.rustc.version);

  libraryOf =
    set:
    let
      base = (crane.mkLib set).overrideScope (
        _: _: {
          # What is made for another processor is not run here: no emulator need be there for that.
          stdenvSelector =
            { stdenv, ... }:
            if stdenv.buildPlatform.canExecute stdenv.hostPlatform then
              stdenv
            else
              stdenv
              // {
                hostPlatform = stdenv.hostPlatform // {
                  emulatorAvailable = _: false;
                };
              };
        }
      );
      compiled = if toolchain == null then heard set base else base.overrideToolchain toolchain;
      more = registries compiled;
    in
    if more == [ ] then compiled else compiled.appendCrateRegistries more;

  sources =
    fileset:
    lib.fileset.toSource {
      root = src;
      inherit fileset;
    };
in
{
  inherit cargo overrides;

  # What dependencies are compiled with in place of the workspace. Crates that are no members may be what dependencies are
  # made of: no stub serves for those.
  stubs =
    craneLib:
    craneLib.mkDummySrc {
      src = sources cargo.manifests;
      extraDummyScript = lib.optionalString (cargo.beside != null) ''
        cp -r --no-preserve=mode ${sources cargo.beside}/. $out/
      '';
    };

  selection = lib.concatStringsSep " " (
    [ "--locked" ]
    ++ lib.optional (!defaultFeatures) "--no-default-features"
    ++ lib.optional (features != [ ]) "--features ${lib.concatStringsSep "," features}"
  );

  # For a package set: crane's library, and the arguments that every use of it has.
  on =
    set:
    let
      craneLib = libraryOf set;
      cargoVendorDir =
        if vendorDir != null then
          vendorDir set
        else
          craneLib.vendorCargoDeps {
            inherit outputHashes;
            # For the registries in `.cargo/config.toml`.
            src = sources cargo.manifests;
            cargoLock = src + "/Cargo.lock";
          };
    in
    checked {
      inherit craneLib cargoVendorDir;
      arguments = env // {
        inherit (cargo) version;
        inherit cargoVendorDir;
        strictDeps = true;
        nativeBuildInputs = nativeBuildInputs set.buildPackages;
        buildInputs = buildInputs set;
        # Of its own accord pkg-config finds nothing for other platforms, of which a static one is one.
        PKG_CONFIG_ALLOW_CROSS = "1";
      };
      # Flags for rustc, in the variable that neither `build.rustflags` nor `target.*.rustflags` of a configuration replaces.
      rustflags = flags: {
        "CARGO_TARGET_${set.stdenv.hostPlatform.rust.cargoEnvVarTarget}_RUSTFLAGS" =
          lib.concatStringsSep " " (flags ++ rustflags);
      };
    };

  # What the shell has of it.
  shell = pkgs: {
    inherit env;
    nativeBuildInputs = nativeBuildInputs pkgs;
    buildInputs = buildInputs pkgs;
    craneLib = libraryOf pkgs;
  };
}
