# The workspace's lints, tests and documentation, natively; one build of the dependencies serves all.
{
  crane,
  pkgs,
  src,
  cargo,
  # What tests that speak TLS trust: a sandbox has no certificates of its own.
  caBundle,
  # Which of the workspace's packages and features.
  selection ? "--locked --workspace",
  # Programs that tests start.
  testTools ? [ ],
  nextestArguments ? "",
}:
let
  inherit (pkgs) lib;
  craneLib = crane.mkLib pkgs;
  common = {
    pname = "workspace";
    inherit (cargo src) version;
    cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = src + "/Cargo.lock"; };
    CARGO_PROFILE = "";
    strictDeps = true;
  };
  inherit (cargo src) everything manifests;
  sources =
    fileset:
    lib.fileset.toSource {
      root = src;
      inherit fileset;
    };
  cargoArtifacts = craneLib.buildDepsOnly (
    common
    // {
      dummySrc = craneLib.mkDummySrc { src = sources manifests; };
      cargoExtraArgs = selection;
    }
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
      nativeBuildInputs = testTools;
      env.SSL_CERT_FILE = caBundle;
    }
  );

  documentation-is-whole = craneLib.cargoDoc (
    withSources
    // {
      meta.description = "The documentation of the crates builds without a warning";
      cargoExtraArgs = selection;
      cargoDocExtraArgs = "--no-deps";
      env.RUSTDOCFLAGS = "--deny warnings";
    }
  );
}
