//! The HTTP clients: one for plain HTTP, one for TLS, each created when it is first needed.

use std::{fs, path::Path, sync::OnceLock};

use anyhow::Context;
use reqwest::{Certificate, Client, ClientBuilder, Url, redirect::Policy};

use super::Settings;

/// CA certificates that are trusted in addition to those of the system. The default adds none.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    extra: Vec<Certificate>,
}

impl Trust {
    /// Adds the certificates in the PEM file at `path`.
    pub fn with_file(path: &Path) -> anyhow::Result<Self> {
        let reading = || format!("reading certificates from `{}`", path.display());
        let pem = fs::read(path).with_context(reading)?;
        let extra = Certificate::from_pem_bundle(&pem).with_context(reading)?;
        hint::ensure!(!extra.is_empty(), "`{}` contains no certificate", path.display(), hint = "give a PEM file");
        Ok(Self { extra })
    }
}

/// HTTP/1.1, one connection for each request that runs at the same time: docs/decisions/0006-registry-client.md.
#[derive(Debug)]
pub(super) struct Clients {
    trust: Trust,
    settings: Settings,
    plain: OnceLock<Client>,
    tls: OnceLock<Client>,
}

impl Clients {
    pub(super) fn new(trust: Trust, settings: Settings) -> Self {
        Self { trust, settings, plain: OnceLock::new(), tls: OnceLock::new() }
    }

    /// The client for `url`.
    pub(super) fn of(&self, url: &Url) -> anyhow::Result<&Client> {
        let (slot, make): (_, fn(&Self) -> anyhow::Result<Client>) =
            if url.scheme() == "https" { (&self.tls, Self::tls) } else { (&self.plain, Self::plain) };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = make(self)?;
        Ok(slot.get_or_init(|| client))
    }

    /// Without any certificate: reading the system's takes longer than a whole repeated push.
    fn plain(&self) -> anyhow::Result<Client> {
        self.builder().tls_certs_only([]).build().context("creating the HTTP client")
    }

    fn tls(&self) -> anyhow::Result<Client> {
        let extra = self.trust.extra.iter().cloned();
        self.builder().tls_certs_merge(extra).build().or_else(|_| self.mozilla()).context("creating the TLS client")
    }

    /// Mozilla's roots, for systems without certificates, such as a minimal container.
    fn mozilla(&self) -> anyhow::Result<Client> {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root));
        let roots = roots.chain(self.trust.extra.iter().cloned().map(Ok)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.builder().tls_certs_only(roots).build()?)
    }

    fn builder(&self) -> ClientBuilder {
        // One provider in the whole program; it may have been installed before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .user_agent(concat!("driftless/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.settings.connect)
            // Http follows them, so that credentials stay where they belong and every request is counted.
            .redirect(Policy::none())
            // A step is repeated as a whole: see retry.rs.
            .retry(reqwest::retry::never())
    }
}
