//! The HTTP clients: one for plain HTTP, one for TLS, and one for a registry that has certificates of its own; each created when
//! it is first needed.

use std::{fs, path::Path, sync::OnceLock};

use anyhow::Context;
use reqwest::{Certificate, Client, ClientBuilder, Identity, Url, redirect::Policy};

use super::{Endpoint, Settings, certificates::Certificates};

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
    /// Host and port of the registry, if there is one. Its certificates are for no other, such as one that it redirects to.
    registry: String,
    trust: Trust,
    settings: Settings,
    plain: OnceLock<Client>,
    tls: OnceLock<Client>,
    own: OnceLock<Option<Client>>,
}

impl Clients {
    pub(super) fn new(endpoint: &Endpoint, trust: Trust, settings: Settings) -> Self {
        Self { registry: endpoint.authority().to_owned(), ..Self::without_registry(trust, settings) }
    }

    /// For services that are no registries.
    pub(super) fn without_registry(trust: Trust, settings: Settings) -> Self {
        let registry = String::new();
        Self { registry, trust, settings, plain: OnceLock::new(), tls: OnceLock::new(), own: OnceLock::new() }
    }

    /// The client for `url`.
    pub(super) fn of(&self, url: &Url) -> anyhow::Result<&Client> {
        if url.scheme() == "https"
            && self.is_of_registry(url)
            && let Some(client) = self.own()?
        {
            return Ok(client);
        }
        let (slot, make): (_, fn(&Self) -> anyhow::Result<Client>) =
            if url.scheme() == "https" { (&self.tls, Self::tls) } else { (&self.plain, Self::plain) };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = make(self)?;
        Ok(slot.get_or_init(|| client))
    }

    fn is_of_registry(&self, url: &Url) -> bool {
        Url::parse(&format!("https://{}/", self.registry)).is_ok_and(|registry| registry.origin() == url.origin())
    }

    /// With the certificates of the registry, if it has any.
    fn own(&self) -> anyhow::Result<Option<&Client>> {
        if let Some(client) = self.own.get() {
            return Ok(client.as_ref());
        }
        let client = match Certificates::of(&self.registry)? {
            Some(Certificates { authorities, identity }) => {
                let extra: Vec<_> = self.trust.extra.iter().cloned().chain(authorities).collect();
                Some(self.trusting(&extra, identity.as_ref()).context("creating the TLS client")?)
            }
            None => None,
        };
        Ok(self.own.get_or_init(|| client).as_ref())
    }

    /// Without any certificate: reading the system's takes longer than a whole repeated push.
    fn plain(&self) -> anyhow::Result<Client> {
        self.builder().tls_certs_only([]).build().context("creating the HTTP client")
    }

    fn tls(&self) -> anyhow::Result<Client> {
        self.trusting(&self.trust.extra, None).context("creating the TLS client")
    }

    /// One that trusts the system's roots and `extra`, and shows `identity`.
    fn trusting(&self, extra: &[Certificate], identity: Option<&Identity>) -> reqwest::Result<Client> {
        let builder = || match identity {
            Some(identity) => self.builder().identity(identity.clone()),
            None => self.builder(),
        };
        // Mozilla's roots, for systems without certificates, such as a minimal container.
        let mozilla = || {
            let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root));
            let roots = roots.chain(extra.iter().cloned().map(Ok)).collect::<Result<Vec<_>, _>>()?;
            builder().tls_certs_only(roots).build()
        };
        builder().tls_certs_merge(extra.iter().cloned()).build().or_else(|_| mozilla())
    }

    fn builder(&self) -> ClientBuilder {
        // One provider in the whole program; it may have been installed before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .user_agent(concat!("driftless/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.settings.connect)
            // Http follows them, so that credentials stay where they belong and every request is counted.
            .redirect(Policy::none())
            // Whatever other crates have compiled into it: what is received is what was sent.
            .http1_only()
            .no_gzip()
            .no_deflate()
            // A step is repeated as a whole: see retry.rs.
            .retry(reqwest::retry::never())
    }
}
