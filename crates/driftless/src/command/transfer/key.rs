//! Keys in files.

use std::path::Path;

use anyhow::Context;
use registry::signing::{LocalKey, PublicKey};

/// The private key in the file at `path`.
pub(in crate::command) fn private(path: &Path) -> anyhow::Result<LocalKey> {
    LocalKey::from_pem(&oci::read_document(path)?).with_context(|| format!("reading the key in `{}`", path.display()))
}

/// The public key in the file at `path`.
pub(in crate::command) fn public(path: &Path) -> anyhow::Result<PublicKey> {
    PublicKey::from_pem(&oci::read_document(path)?).with_context(|| format!("reading the key in `{}`", path.display()))
}
