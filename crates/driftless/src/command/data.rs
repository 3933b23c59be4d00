//! The option of commands that work with the local engine.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context;
use engine::DataDirectory;
use model::project::Project;

use super::environment;

#[derive(Debug, clap::Args)]
pub(super) struct Data {
    /// Directory for images, logs and the services' data [default: .driftless in the project]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Data {
    /// The directory of the option or the variable, else the project's.
    pub(super) fn directory(&self) -> anyhow::Result<DataDirectory> {
        directory(self.data.as_deref())
    }
}

/// The directory `chosen`, or that of the variable, else the project's.
pub(super) fn directory(chosen: Option<&Path>) -> anyhow::Result<DataDirectory> {
    let variable = env::var_os(environment::DATA).filter(|directory| !directory.is_empty());
    Ok(match chosen.or(variable.as_deref().map(Path::new)) {
        Some(data) => DataDirectory::new(env::current_dir().context("finding the current directory")?.join(data)),
        None => DataDirectory::in_project(&Project::directory_here()?),
    })
}
