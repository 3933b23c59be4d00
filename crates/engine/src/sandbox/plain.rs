//! No isolation: the service runs from the unpacked image as an ordinary process of the current user.

use std::{
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use super::{Spec, channel::Channel};

/// Becomes the service. Returns only on failure.
pub(super) fn become_service(spec: &Spec, channel: &mut Channel) -> anyhow::Result<()> {
    let Some((program, arguments)) = spec.command.split_first() else { return Ok(()) };
    #[cfg(target_os = "linux")]
    {
        super::privileges::close_descriptors().context("closing file descriptors")?;
        super::privileges::die_with_parent(channel)?;
    }
    let _ = channel;
    let file = inside(&spec.root, program);
    let error = Command::new(&file)
        .arg0(program)
        .args(arguments)
        .env_clear()
        .envs(&spec.environment)
        .current_dir(directory(spec))
        .exec();
    Err(named(error, &file))
}

/// Where `path` of the image is on the host.
pub(crate) fn inside(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

fn directory(spec: &Spec) -> PathBuf {
    inside(&spec.root, &spec.working_directory)
}

fn named(error: io::Error, file: &Path) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("running `{}`", file.display()))
}
