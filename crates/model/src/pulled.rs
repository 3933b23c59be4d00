//! Where images are kept that were pulled from the registries of others: `$XDG_CACHE_HOME/driftless/images`, by default below
//! `~/.cache`. They may be removed at any time.

use std::{env, path::PathBuf};

use anyhow::Context;
use oci::Platform;

/// The layout of the image `reference`, which ends in a digest, for `platform`; whether it was pulled or not.
pub fn layout(reference: &str, platform: Platform) -> anyhow::Result<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let cache = cache.context("finding the cache: neither `XDG_CACHE_HOME` nor `HOME` is set")?;
    let (_, digest) = reference.rsplit_once('@').with_context(|| format!("`{reference}` has no digest"))?;
    let digest: oci::Digest = digest.parse().with_context(|| format!("reading `{reference}`"))?;
    Ok(cache.join("driftless/images").join(format!("{}-{}", digest.hex(), platform.to_string().replace('/', "-"))))
}
