//! The backend, over HTTP: bounded in time, in size, and in what it may answer.

mod call;
mod error;
mod link;
mod transport;

pub(crate) use call::{Call, ItemsPage};
pub(crate) use error::CallError;

use std::time::Duration;

use anyhow::Context;
use reqwest::{Client, redirect};
use service::RequestId;
use tokio::time::Instant;

use crate::{BackendSettings, BackendUrl};

/// Idle connections are dropped before the backend drops them at 75 s: a form sent into a connection that is just
/// being closed could not be sent again safely.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// The way to the backend.
#[derive(Debug)]
pub(crate) struct Backend {
    client: Client,
    url: BackendUrl,
    timeout: Duration,
}

impl Backend {
    pub(crate) fn new(settings: &BackendSettings) -> anyhow::Result<Self> {
        // Fails when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Well before the deadline of the page, so that a page knows that nothing was sent.
        let connect_timeout = settings.backend_connect_timeout.min(settings.backend_timeout / 2);
        let mut builder = Client::builder()
            .connect_timeout(connect_timeout)
            .http1_only()
            .no_proxy()
            .pool_idle_timeout(POOL_IDLE)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .user_agent(concat!("driftless-frontend/", env!("CARGO_PKG_VERSION")));
        if !settings.backend_url.is_https() {
            // Without TLS there is no need to load the system's certificates, or to have any.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().context(
            "preparing the connections to the backend; over https they need the system's CA certificates or SSL_CERT_FILE",
        )?;
        Ok(Self { client, url: settings.backend_url.clone(), timeout: settings.backend_timeout })
    }

    /// Starts the clock for all that one page asks of the backend.
    pub(crate) fn call<'a>(&'a self, id: &'a RequestId) -> Call<'a> {
        Call { backend: self, id, deadline: Instant::now() + self.timeout }
    }
}
