//! The HTTP clients: one for plain HTTP, one for TLS, each made when it is first needed.

use std::{fs, path::Path, sync::OnceLock};

use anyhow::{Context, ensure};
use reqwest::{Certificate, Client, ClientBuilder, Url, redirect::Policy};

use super::Settings;

/// Certificates that are trusted beside the system's.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    extra: Vec<Certificate>,
}

impl Trust {
    /// Trusts the certificates in the PEM file at `path`, too.
    pub fn with_file(path: &Path) -> anyhow::Result<Self> {
        let reading = || format!("reading certificates from `{}`", path.display());
        let pem = fs::read(path).with_context(reading)?;
        let extra = Certificate::from_pem_bundle(&pem).with_context(reading)?;
        ensure!(!extra.is_empty(), "`{}` holds no certificate\nhint: give a PEM file", path.display());
        Ok(Self { extra })
    }
}

/// HTTP/1.1 on as many connections as there are requests at once: docs/decisions/0006-registry-client.md.
#[derive(Debug)]
pub(super) struct Http {
    trust: Trust,
    settings: Settings,
    plain: OnceLock<Client>,
    tls: OnceLock<Client>,
}

impl Http {
    pub(super) fn new(trust: Trust, settings: Settings) -> Self {
        Self { trust, settings, plain: OnceLock::new(), tls: OnceLock::new() }
    }

    /// The client for `url`.
    pub(super) fn client(&self, url: &Url) -> anyhow::Result<&Client> {
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
        self.builder().tls_certs_only([]).build().context("making an HTTP client")
    }

    fn tls(&self) -> anyhow::Result<Client> {
        let extra = self.trust.extra.iter().cloned();
        self.builder().tls_certs_merge(extra).build().or_else(|_| self.mozilla()).context("making a TLS client")
    }

    /// For systems without certificates, such as a bare container: Mozilla's roots.
    fn mozilla(&self) -> anyhow::Result<Client> {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root));
        let roots = roots.chain(self.trust.extra.iter().cloned().map(Ok)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.builder().tls_certs_only(roots).build()?)
    }

    fn builder(&self) -> ClientBuilder {
        // One provider in the whole program; that somebody installed it before is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .user_agent(concat!("driftless/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.settings.connect)
            // Followed by us, so that credentials stay where they belong and every request is counted.
            .redirect(Policy::none())
            // Tried again by us, with what the step needs.
            .retry(reqwest::retry::never())
    }
}
