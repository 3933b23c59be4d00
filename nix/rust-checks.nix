# The workspace's lints, tests and documentation, natively; one build of the dependencies serves all.
{
  pkgs,
  src,
  # How Cargo is run there: ./cargo.nix.
  cargo,
  # What tests that speak TLS trust: a sandbox has no certificates of its own.
  caBundle,
  # Which of the workspace's packages and features.
  selection ? "${cargo.selection} --workspace",
  # What tests read beside the crates, as a fileset.
  tested ? null,
  # Programs that tests start.
  testTools ? [ ],
  # Variables that tests get.
  testEnvironment ? { },
  nextestArguments ? "",
}:
let
  inherit (pkgs) lib;
  inherit (cargo.on pkgs) arguments craneLib;
  common = arguments // {
    pname = "workspace";
    CARGO_PROFILE = "";
  };
  inherit (cargo.cargo) binariesOf crates everything;
  sources =
    fileset:
    lib.fileset.toSource {
      root = src;
      inherit fileset;
    };
  # Once to be read, by lints and documentation, and once to be run, by tests: Cargo keeps the two apart. Both with the
  # features that tests ask of the dependencies.
  cargoArtifacts = craneLib.mkCargoDerivation (
    common
    // {
      pnameSuffix = "-deps";
      src = cargo.stubs craneLib;
      cargoArtifacts = null;
      buildPhaseCargoCommand = ''
        cargoWithProfile check ${selection} --all-targets
        cargoWithProfile test ${selection} --no-run
      '';
    }
  );

  # Examples are documented, too, so that the features are the same. A program beside a library of the same name is not: one
  # of the two would overwrite the other.
  documented =
    "--lib --examples"
    + lib.concatStrings (
      lib.mapAttrsToList (
        _: crate:
        lib.optionalString (!builtins.pathExists (src + "/${crate.directory}/src/lib.rs")) (
          lib.concatMapStrings (binary: " --bin ${binary}") (binariesOf crate)
        )
      ) crates
    );

  withSources = common // {
    inherit cargoArtifacts;
    doInstallCargoArtifacts = false;
    src = sources everything;
  };
in
{
  clippy-finds-nothing = craneLib.cargoClippy (
    withSources
    // {
      meta.description = "No lint finds anything, warnings included";
      cargoExtraArgs = selection;
      cargoClippyExtraArgs = "--all-targets -- --deny warnings";
    }
  );

  tests-pass = craneLib.cargoNextest (
    withSources
    // {
      meta.description = "The tests pass that a sandbox can run";
      cargoExtraArgs = selection;
      cargoNextestExtraArgs = "--no-fail-fast --no-tests pass ${nextestArguments}";
      nativeBuildInputs = arguments.nativeBuildInputs ++ testTools;
      src = sources (if tested == null then everything else lib.fileset.union everything tested);
      # For tests on macOS that listen on an address of their own.
      __darwinAllowLocalNetworking = true;
      env = {
        SSL_CERT_FILE = caBundle;
      }
      // testEnvironment;
    }
  );

  documentation-is-whole = craneLib.cargoDoc (
    withSources
    // {
      meta.description = "The documentation of the crates builds without a warning";
      cargoExtraArgs = selection;
      cargoDocExtraArgs = "--no-deps ${documented}";
      env.RUSTDOCFLAGS = "--deny warnings";
    }
  );
}
