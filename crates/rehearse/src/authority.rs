//! Certificates that nobody else trusts, for names that lead to this machine.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// An authority of its own; its key goes with this process.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, as PEM.
    pub(crate) certificate: String,
    shown: Mutex<BTreeMap<Vec<String>, Arc<ServerConfig>>>,
}

impl Authority {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let making = "making a certificate authority";
        let mut wanted = CertificateParams::default();
        wanted.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        wanted.distinguished_name.push(DnType::CommonName, "Driftless rehearsal");
        let key = KeyPair::generate().context(making)?;
        let certificate = wanted.self_signed(&key).context(making)?.pem();
        Ok(Self { issuer: Issuer::new(wanted, key), certificate, shown: Mutex::default() })
    }

    /// TLS with a certificate for `names`.
    pub(crate) fn shows(&self, names: &[String]) -> anyhow::Result<Arc<ServerConfig>> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shown.get(names) {
            return Ok(Arc::clone(known));
        }
        let making = || format!("making a certificate for {}", names.join(", "));
        let key = KeyPair::generate().with_context(making)?;
        let wanted = CertificateParams::new(names).with_context(making)?;
        let certificate = wanted.signed_by(&key, &self.issuer).with_context(making)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|begun| begun.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key))
            .map(Arc::new)
            .with_context(making)?;
        shown.insert(names.to_vec(), Arc::clone(&config));
        Ok(config)
    }
}
