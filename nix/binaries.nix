# Compiles the programs of several packages of one Cargo workspace: { pkgs, cargo, programs, profile, … } ->
# { programs.PACKAGE.BINARY = drv; artifacts = drv; }.
#
# The dependencies are compiled once for all of them, on top of those of another such build if there is one. Each program then sees the sources of its own crates alone, with
# stubs for the rest of the workspace: editing one service does not rebuild another. All packages are named in each
# build so that Cargo settles on the same features, hence the same dependencies, for each; only one program is made.
{ lib }:
{
  pkgs,
  src,
  # How Cargo is run there: ./cargo.nix.
  cargo,
  # [ { package, binary } ]
  programs,
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
  onLinux = pkgs.stdenv.hostPlatform.isLinux;
  # Linux programs are static, so that an image needs nothing but them.
  set = if onLinux then pkgs.pkgsStatic else pkgs;
  inherit (set.stdenv) hostPlatform;
  inherit (cargo.on set)
    arguments
    cargoVendorDir
    craneLib
    rustflags
    ;
  workspace = cargo.cargo;

  stubs = cargo.stubs craneLib;

  packages = lib.unique (map (it: it.package) programs);
  selectionOf =
    packages:
    lib.concatStringsSep " " (
      [ cargo.selection ]
      ++ map (name: "--package ${name}") packages
      ++ lib.optional (features != [ ]) "--features ${lib.concatStringsSep "," features}"
    );
  selection = selectionOf (packages ++ beside);
  binariesOf = package: workspace.binariesOf workspace.crates.${package};
  # Cargo writes programs of one name to one place: such a one is made alone.
  isShared = binary: lib.count (package: lib.elem binary (binariesOf package)) packages > 1;

  common =
    arguments
    // {
      CARGO_PROFILE = profile;
      # What a debugger reads names paths of the store.
      CARGO_PROFILE_DEV_DEBUG = "false";
      # Tests run in a check of their own, natively.
      doCheck = false;
      # What the static stdenv adds to every link breaks build scripts, which are not static; rustc needs no telling.
      preBuild = "unset NIX_CFLAGS_LINK";
    }
    # Panics name places in sources: no store path may be among them. And a program in an image without /dev asks the
    # kernel for randomness, as in the build by Cargo alone.
    // rustflags (
      lib.optional onLinux ''--cfg getrandom_backend="linux_getrandom"''
      ++ [ "--remap-path-prefix=${cargoVendorDir}=/cargo" ]
    )
    # What GCC calls for an atomic operation of C is in libgcc, which Rust does not link for musl.
    // lib.optionalAttrs (onLinux && hostPlatform.isAarch64) {
      CFLAGS_aarch64_unknown_linux_musl = "-mno-outline-atomics";
    };

  bins = lib.concatMapStringsSep " " (name: "--bin ${name}") (
    lib.unique (map (it: it.binary) programs)
  );
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

  # What the packages are compiled from, for the lists that programs carry in their images; asked as
  # `crates/driftless/src/compile/packages.rs` asks. It follows from the manifests alone.
  tree =
    selection:
    craneLib.mkCargoDerivation (
      common
      // {
        pname = "packages-${lib.head packages}";
        src = stubs;
        cargoArtifacts = null;
        doInstallCargoArtifacts = false;
        buildPhaseCargoCommand = ''
          cargo tree ${selection} --target ${hostPlatform.rust.rustcTarget} --edges normal,build --charset ascii --format '{p}' > tree
        '';
        installPhaseCommand = "mv tree $out";
      }
    );

  sourcesOf =
    name:
    let
      own = lib.fileset.toSource {
        root = src;
        fileset = workspace.sources optional name;
      };
    in
    # The name is that of the stubs: it becomes the directory of the build, which fingerprints include.
    pkgs.runCommand "source" { } ''
      cp -r --no-preserve=mode ${stubs} $out
      cp -r --no-preserve=mode ${own}/. $out/
    '';

  program =
    { package, binary }:
    let
      selected = if isShared binary then selectionOf [ package ] else selection;
      made =
        common
        // {
          inherit cargoArtifacts;
          pname = if package == binary then package else "${package}-${binary}";
          src = sourcesOf package;
          passthru.carried = {
            inherit package;
            tree = tree selected;
          };
          cargoExtraArgs = "${selected} --bin ${binary}";
          meta = {
            description =
              workspace.crates.${package}.manifest.package.description or "The program ${binary} of ${package}";
            mainProgram = binary;
          };
        }
        # An image holds this one file: a reference to anything else could not be followed there.
        // lib.optionalAttrs onLinux { allowedReferences = [ ]; };
    in
    craneLib.buildPackage (made // (cargo.overrides.${package} or (_: { })) made);
in
{
  programs = lib.mapAttrs (
    _: wanted: lib.listToAttrs (map (it: lib.nameValuePair it.binary (program it)) wanted)
  ) (lib.groupBy (it: it.package) programs);
  artifacts = cargoArtifacts;
}
