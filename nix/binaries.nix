# Compiles the programs of several packages of one Cargo workspace: { pkgs, src, packages, profile, … } ->
# { programs.name = drv; artifacts = drv; }.
#
# The dependencies are compiled once for all of them, on top of those of another such build if there is one. Each program then sees the sources of its own crates alone, with
# stubs for the rest of the workspace: editing one service does not rebuild another. All packages are named in each
# build so that Cargo settles on the same features, hence the same dependencies, for each; only one program is made.
{ crane, workspace }:
{
  pkgs,
  src,
  packages,
  profile,
  # Packages whose wishes for features of dependencies count, too: programs that are to share dependencies.
  beside ? [ ],
  # Cargo features beside the default ones.
  features ? [ ],
  # Whether crates of the workspace are compiled that take a feature: if not, changing those does not rebuild.
  optional ? true,
  # The artifacts of another build of this workspace, with this profile and these packages: what it has compiled is taken.
  base ? null,
}:
let
  inherit (pkgs) lib;
  onLinux = pkgs.stdenv.hostPlatform.isLinux;
  # Linux programs are static, so that an image needs nothing but them.
  set = if onLinux then pkgs.pkgsStatic else pkgs;
  inherit (set.stdenv) hostPlatform;
  craneLib = (crane.mkLib set).overrideScope (
    _: _: {
      # Nothing that is made here is run here: no emulator need be there for that.
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
  cargo = workspace src;

  cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = src + "/Cargo.lock"; };
  manifests = lib.fileset.toSource {
    root = src;
    fileset = cargo.manifests;
  };
  stubs = craneLib.mkDummySrc { src = manifests; };
  selection = lib.concatStringsSep " " (
    [ "--locked" ]
    ++ map (name: "--package ${name}") (packages ++ beside)
    ++ lib.optional (features != [ ]) "--features ${lib.concatStringsSep "," features}"
  );

  common = {
    inherit (cargo) version;
    inherit cargoVendorDir;
    CARGO_PROFILE = profile;
    # What a debugger reads names paths of the store.
    CARGO_PROFILE_DEV_DEBUG = "false";
    # Panics name places in sources: no store path may be among them. And a program in an image without /dev asks the
    # kernel for randomness, as in the build by Cargo alone.
    CARGO_BUILD_RUSTFLAGS = lib.concatStringsSep " " (
      lib.optional onLinux ''--cfg getrandom_backend="linux_getrandom"''
      ++ [ "--remap-path-prefix=${cargoVendorDir}=/cargo" ]
    );
    strictDeps = true;
    # Tests run in a check of their own, natively.
    doCheck = false;
    # What the static stdenv adds to every link breaks build scripts, which are not static; rustc needs no telling.
    preBuild = "unset NIX_CFLAGS_LINK";
  }
  # What GCC calls for an atomic operation of C is in libgcc, which Rust does not link for musl.
  // lib.optionalAttrs (onLinux && hostPlatform.isAarch64) {
    CFLAGS_aarch64_unknown_linux_musl = "-mno-outline-atomics";
  };

  bins = lib.concatMapStringsSep " " (name: "--bin ${name}") packages;
  # Not crane's `buildDepsOnly`: that has no base, and runs `cargo check` first, for nothing that is used here.
  cargoArtifacts = craneLib.mkCargoDerivation (
    common
    // {
      pname = lib.concatStringsSep "-" (
        [ "dependencies" ] ++ lib.optionals (packages != [ ]) [ (lib.head packages) ] ++ [ profile ]
      );
      src = stubs;
      cargoArtifacts = base;
      buildPhaseCargoCommand = "cargoWithProfile build ${selection} ${bins}";
    }
  );

  sourcesOf =
    name:
    let
      own = lib.fileset.toSource {
        root = src;
        fileset = cargo.sources optional name;
      };
    in
    # The name is that of the stubs: it becomes the directory of the build, which fingerprints include.
    pkgs.runCommand "source" { } ''
      cp -r --no-preserve=mode ${stubs} $out
      cp -r --no-preserve=mode ${own}/. $out/
    '';

  program =
    name:
    craneLib.buildPackage (
      common
      // {
        inherit cargoArtifacts;
        pname = name;
        src = sourcesOf name;
        cargoExtraArgs = "${selection} --bin ${name}";
        meta = {
          description = cargo.crates.${name}.manifest.package.description or "The program ${name}";
          mainProgram = name;
        };
      }
      # An image holds this one file: a reference to anything else could not be followed there.
      // lib.optionalAttrs onLinux { allowedReferences = [ ]; }
    );
in
{
  programs = lib.genAttrs packages program;
  artifacts = cargoArtifacts;
}
