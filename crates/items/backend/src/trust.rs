//! Whose certificates are trusted, and TLS by rustls with that.

use std::{path::Path, sync::Arc};

use anyhow::{Context, ensure};
use rustls::{ClientConfig, RootCertStore, crypto::ring::default_provider};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tokio_rustls::TlsConnector;

/// The authorities of Amazon RDS, which no system's bundle has: see `assets/rds/README.md`.
const RDS: &[u8] = include_bytes!("../assets/rds/roots.der");

pub(crate) fn of_rds() -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(RDS) {
        roots.add(certificate).context("reading the authorities of Amazon RDS")?;
    }
    Ok(roots)
}

/// The authorities in a PEM file.
pub(crate) fn of_file(path: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let doing = || format!("reading the authorities in `{}`", path.display());
    for certificate in CertificateDer::pem_file_iter(path).with_context(doing)? {
        roots.add(certificate.with_context(doing)?).with_context(doing)?;
    }
    ensure!(!roots.is_empty(), "`{}` holds no certificate", path.display());
    Ok(roots)
}

/// Connects to servers that `roots` vouch for under their name.
pub(crate) fn connector(roots: RootCertStore) -> anyhow::Result<TlsConnector> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .context("preparing TLS")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config).into())
}

/// The certificates that `der` has one after the other. Each begins with its length, of two bytes.
fn certificates(mut der: &[u8]) -> impl Iterator<Item = CertificateDer<'_>> {
    std::iter::from_fn(move || {
        let [0x30, 0x82, high, low, ..] = *der else { return None };
        let (first, rest) = der.split_at_checked(4 + usize::from(u16::from_be_bytes([high, low])))?;
        der = rest;
        Some(first.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorities_of_rds_are_all_there() {
        let read: usize = certificates(RDS).map(|certificate| certificate.len()).sum();
        assert_eq!((read, of_rds().unwrap().len()), (RDS.len(), 81));
    }

    #[test]
    fn a_bundle_without_a_certificate_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = of_file(file.path()).err().unwrap().to_string();
        assert!(error.ends_with("holds no certificate"), "{error}");
    }
}
