//! Images, pulled from the account's registry by digest, once each.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use engine::{Launcher, Program};
use oci::Layout;
use registry::{Endpoint, Events, Password, Reference, Registry, Secret, Settings, Trust};
use tokio::{runtime::Handle, sync::OnceCell, task::spawn_blocking};

use crate::registered::{Container, Pull};

/// Programs by the reference that a task definition has.
pub(crate) struct Images {
    /// Layouts of what was pulled.
    directory: PathBuf,
    /// The registry of the account.
    registry: String,
    known: Mutex<BTreeMap<String, Arc<OnceCell<Program>>>>,
}

impl Images {
    pub(crate) fn new(directory: PathBuf, registry: &str) -> Self {
        Self { directory, registry: registry.to_owned(), known: Mutex::default() }
    }

    /// The program of a container.
    pub(crate) async fn program(&self, launcher: &Launcher, container: &Container) -> anyhow::Result<Program> {
        let pull = container.pull.as_ref();
        let pull = pull.with_context(|| format!("`{}` is in no registry of the account", container.image))?;
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(container.image.clone()).or_default())
        };
        let program = cell.get_or_try_init(|| self.pulled(launcher, container, pull)).await?;
        Ok(program.clone())
    }

    async fn pulled(&self, launcher: &Launcher, container: &Container, pull: &Pull) -> anyhow::Result<Program> {
        let version = container.image.rsplit('/').next().unwrap_or_default();
        let version = version.find(['@', ':']).map_or("", |at| &version[at..]);
        let reference: Reference = format!("{}/{}{version}", self.registry, pull.repository).parse()?;
        let login = Password { user: "AWS".to_owned(), password: Secret::new(&pull.password) };
        let endpoint = Endpoint::parse(&self.registry)?;
        let registry = Registry::new(endpoint, Arc::new(login), Trust::default(), Settings::default(), Events::none());
        let out = self.directory.join(container.image.replace(['/', ':', '@'], "-"));
        // Unpacking takes its time, and a thread.
        let (here, to) = (Handle::current(), out.clone());
        let pulled = spawn_blocking(move || here.block_on(registry::pull(&registry, &reference, None, &to)));
        pulled.await.context("pulling an image")??;
        launcher.program(&container.name, &Layout::open(&out)?.image(), &out)
    }
}
