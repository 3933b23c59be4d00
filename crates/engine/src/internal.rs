//! How services reach each other: a loopback port for each that stays the same while its tasks come and go, as Service
//! Connect gives them one name on AWS.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{Arc, PoisonError, RwLock},
};

use anyhow::Context;
use tokio::{net::TcpListener, sync::watch};

use super::{
    ports::{Port, Ports},
    router::{ListenerRule, Router, Settings},
};

/// The internal listeners by service; clones share them.
#[derive(Clone)]
pub(crate) struct Internals {
    services: Arc<RwLock<BTreeMap<String, Internal>>>,
    stop: watch::Receiver<bool>,
}

struct Internal {
    router: Router,
    port: Port,
}

impl Internals {
    /// Serves until `stop` says true.
    pub(crate) fn new(stop: watch::Receiver<bool>) -> Self {
        Self { services: Arc::default(), stop }
    }

    /// Opens a port for `service`, unless it has one. Must be called within a Tokio runtime.
    pub(crate) async fn open(&self, service: &str, ports: &Ports) -> anyhow::Result<()> {
        if self.port(service).is_some() {
            return Ok(());
        }
        let router = Router::new(Settings::of_service_connect());
        router.add_group(service);
        let (paths, hosts) = (vec!["/*".to_owned()], Vec::new());
        let everything = ListenerRule { priority: 1, paths, hosts, group: service.to_owned() };
        router.set_rules(vec![everything])?;
        let port = ports.take()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number()))
            .await
            .with_context(|| format!("listening on `{}` for service `{service}`", port.address()))?;
        let (serving, mut stop) = (router.clone(), self.stop.clone());
        tokio::spawn(async move {
            let stopped = async move {
                // An error says that the engine is gone.
                let _ = stop.wait_for(|stop| *stop).await;
            };
            if let Err(error) = serving.serve(listener, stopped).await {
                tracing::error!("serving an internal port: {error}");
            }
        });
        let mut services = self.services.write().unwrap_or_else(PoisonError::into_inner);
        services.insert(service.to_owned(), Internal { router, port });
        Ok(())
    }

    /// The port of `service`, if it was opened.
    pub(crate) fn port(&self, service: &str) -> Option<u16> {
        let services = self.services.read().unwrap_or_else(PoisonError::into_inner);
        services.get(service).map(|internal| internal.port.number())
    }

    /// The router behind the port of `service`; one without listener if it was not opened.
    pub(crate) fn router(&self, service: &str) -> Router {
        let services = self.services.read().unwrap_or_else(PoisonError::into_inner);
        services.get(service).map_or_else(|| Router::new(Settings::default()), |internal| internal.router.clone())
    }
}
