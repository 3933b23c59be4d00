//! The services of this workspace, built as `driftless up` builds them.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The directory of this workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A bundle of this workspace. The first test that asks waits minutes for the compiler, the others for nothing.
pub(crate) fn bundle() -> PathBuf {
    let out = workspace().join("target/it/bundle");
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.args(["bundle", "--out"]).arg(&out).current_dir(workspace()).stdout(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out
}

/// The static binary that the image of `service` holds.
pub(crate) fn binary(service: &str) -> PathBuf {
    bundle();
    workspace().join("target").join(format!("{}-unknown-linux-gnu/image/{service}", std::env::consts::ARCH))
}
