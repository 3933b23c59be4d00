//! An image that is in a registry.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use registry::{Docker, Events, Reference, Registry, Settings, Trust};

/// The layout of an image, pulled with the credentials of `docker login` or `podman login`.
pub(super) async fn pulled(image: &str, to: &Path) -> anyhow::Result<PathBuf> {
    let reference: Reference = image.parse().with_context(|| format!("there is no directory `{image}`"))?;
    let login = Arc::new(Docker::new(&reference.endpoint));
    let registry =
        Registry::new(reference.endpoint.clone(), login, Trust::default(), Settings::default(), Events::none());
    let platform = format!("linux/{}", if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" });
    registry::pull(&registry, &reference, Some(&platform), to).await?;
    Ok(to.to_owned())
}
