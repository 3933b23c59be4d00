//! Bundles whose images are partly in the registries of others: these are pulled before the bundle is used.

use std::path::Path;

use anyhow::Context;
use model::{bundle::Bundle, progress::Progress, pulled};
use oci::Platform;

/// Opens the bundle in `directory`, and pulls what it has by reference alone and the cache has not.
pub fn open(directory: &Path, progress: &dyn Progress) -> anyhow::Result<Bundle> {
    complete(Bundle::open(directory)?, progress)
}

/// The same of an opened bundle.
pub fn complete(bundle: Bundle, progress: &dyn Progress) -> anyhow::Result<Bundle> {
    let pending = bundle.release.pending();
    if pending.is_empty() {
        return Ok(bundle);
    }
    for (service, reference) in &pending {
        let platform = bundle.platform(service);
        let step = progress.step(&format!("pulling the image of `{service}`, `{reference}`"));
        pull(reference, platform, &pulled::layout(reference, platform)?)
            .with_context(|| format!("pulling the image of `{service}`"))?;
        step.done(&platform.to_string());
    }
    Bundle::open(&bundle.directory)
}

/// Pulls into a directory of its own, then copies what is checked into the layout `out`.
#[cfg(feature = "registry")]
fn pull(reference: &str, platform: Platform, out: &Path) -> anyhow::Result<()> {
    use std::{sync::Arc, thread};

    use registry::{Docker, Events, Reference, Registry, Settings, Trust};

    let parsed: Reference = reference.parse()?;
    let wanted = platform.to_string();
    let staging = tempfile::tempdir().context("making a temporary directory")?;
    let layout = staging.path().join("layout");
    let work = || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
        let login = Arc::new(Docker::new(&parsed.endpoint));
        let registry =
            Registry::new(parsed.endpoint.clone(), login, Trust::default(), Settings::default(), Events::none());
        runtime.block_on(registry::pull(&registry, &parsed, Some(&wanted), &layout))
    };
    // The caller may be in a runtime of its own.
    thread::scope(|scope| scope.spawn(work).join().expect("pulling does not panic"))?;
    oci::adopt(&layout, platform, out)?;
    Ok(())
}

#[cfg(not(feature = "registry"))]
fn pull(reference: &str, _: Platform, _: &Path) -> anyhow::Result<()> {
    hint::bail!(
        "this `driftless` was built without registries, and `{reference}` is in one",
        hint = "install it with `--features registry`, or `--features aws`"
    )
}
