//! Load balancers: a router each, with the rules and target groups that are registered.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use engine::router::{HealthCheck, ListenerRule, Router, Scheme, Settings, TargetState};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::registered::{Balancer as Registered, Group};

/// A load balancer that answers on this machine.
pub(crate) struct Balancer {
    /// Where it answers to HTTP.
    pub(crate) address: SocketAddr,
    /// Where it takes what came over TLS.
    pub(crate) behind_tls: SocketAddr,
    router: Router,
    registered: Option<Registered>,
    serving: [JoinHandle<()>; 2],
}

impl Balancer {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let router = Router::new(Settings { own_hosts: false, ..Settings::of_load_balancer() });
        let (address, plain) = listen(&router, Scheme::Http).await?;
        let (behind_tls, ended) = listen(&router, Scheme::Https).await?;
        Ok(Self { address, behind_tls, router, registered: None, serving: [plain, ended] })
    }

    /// Does as is registered from now on.
    pub(crate) fn follow(&mut self, registered: Registered) -> anyhow::Result<()> {
        if self.registered.as_ref() == Some(&registered) {
            return Ok(());
        }
        registered.groups.iter().for_each(|group| self.router.add_group(&group.arn));
        // Where one listener sends visitors to another, that has the rules.
        let listener = registered.listeners.iter().max_by_key(|listener| listener.rules.len());
        let rules = listener.into_iter().flat_map(|listener| &listener.rules).filter_map(|rule| {
            let every =
                |patterns: &[String]| if patterns.is_empty() { vec!["*".to_owned()] } else { patterns.to_vec() };
            let group = rule.group().filter(|arn| registered.groups.iter().any(|group| group.arn == *arn))?;
            Some(ListenerRule {
                priority: rule.priority,
                paths: every(&rule.paths),
                hosts: rule.hosts.clone(),
                group: group.to_owned(),
            })
        });
        self.router.set_rules(rules.collect()).with_context(|| format!("the rules of `{}`", registered.host))?;
        self.registered = Some(registered);
        Ok(())
    }

    /// The target group `arn`, if it is one of these.
    pub(crate) fn group(&self, arn: &str) -> Option<&Group> {
        self.registered.as_ref()?.groups.iter().find(|group| group.arn == arn)
    }

    /// Registers a task, and begins to check it.
    pub(crate) fn register(&self, group: &Group, task: &str, address: SocketAddr) {
        let seconds = Duration::from_secs;
        let check = HealthCheck {
            path: group.path.clone(),
            interval: seconds(group.interval),
            timeout: seconds(group.timeout),
            healthy_threshold: group.healthy,
            unhealthy_threshold: group.unhealthy,
            initial_period: seconds(group.interval * u64::from(group.unhealthy)),
            ..HealthCheck::default()
        };
        self.router.register(&group.arn, task, address, check.often());
    }

    /// What the health checks of a task found: its state, and why, in words.
    pub(crate) fn state(&self, group: &str, task: &str) -> Option<(TargetState, String)> {
        let found = self.router.targets().into_iter().find(|target| target.group == group && target.target == task)?;
        let why = found.detail.unwrap_or_else(|| "health checks failed".to_owned());
        Some((found.state, why))
    }

    /// Lets a task finish what it has, and sends it nothing new. Goes on without this balancer.
    pub(crate) fn deregister(&self, group: &str, task: &str, drain: Duration) -> impl Future<Output = ()> + use<> {
        let (router, group, task) = (self.router.clone(), group.to_owned(), task.to_owned());
        async move {
            router.deregister(&group, &task, drain).await;
        }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.serving.iter().for_each(JoinHandle::abort);
    }
}

/// Has the router serve visitors who speak `scheme`; where.
async fn listen(router: &Router, scheme: Scheme) -> anyhow::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("listening for a load balancer")?;
    let address = listener.local_addr().context("asking for the port of a load balancer")?;
    let router = router.clone();
    let serving = tokio::spawn(async move {
        if let Err(error) = router.serve_as(scheme, listener, std::future::pending()).await {
            tracing::error!("serving a load balancer: {error}");
        }
    });
    Ok((address, serving))
}
