//! An HTTP/1.1 reverse proxy that routes, checks, drains and fails as an Application Load Balancer does.
//!
//! What it shares with the real one: path rules by priority, round robin over healthy targets, fail-open,
//! health states and their reason codes, deregistration with draining, the forwarding headers, and the status
//! codes with their pages. Where AWS leaves a choice open the choice is documented at the item that makes it;
//! the names of AWS's documentation pages are given in quotes.
//!
//! Differences on purpose: the default action is a fixed 404; with [`Settings::own_hosts`], hosts that no rule names get
//! 421; a request head that is not HTTP at all gets
//! hyper's empty 400, 414 or 431 rather than a page; a safe request without a body whose kept-alive
//! connection turns out to be gone is sent again on a new one.

mod activity;
mod body;
mod client;
mod exchange;
mod failure;
mod group;
mod head;
mod headers;
mod health;
mod host;
mod lock;
mod outgoing;
mod page;
mod pattern;
mod pool;
mod probe;
mod refuse;
mod rule;
mod send;
mod serve;
mod settings;
mod status;
mod target;
mod trace_id;
mod tunnel;

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, RwLock},
    time::Duration,
};

use group::Group;
use rule::RuleTable;
use target::Target;
use tokio::net::TcpListener;

pub use client::Scheme;
pub use health::HealthCheck;
pub use pattern::{PathPattern, PatternError};
pub use rule::{ListenerRule, RuleError};
pub use settings::Settings;
pub use status::{Drained, NotHealthy, Reason, TargetState, TargetStatus};

/// The router: rules, target groups and their targets. Clones share everything.
#[derive(Clone)]
pub struct Router {
    shared: Arc<Shared>,
}

/// What all clones and connections of a router have in common.
struct Shared {
    settings: Settings,
    groups: RwLock<BTreeMap<String, Arc<Group>>>,
    rules: RwLock<Arc<RuleTable>>,
}

impl Router {
    /// A router without rules or targets: it answers everything with its default action, 404.
    pub fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared { settings, groups: RwLock::default(), rules: RwLock::default() }) }
    }

    /// Makes the target group `group` known, so that rules may name it before it has targets.
    pub fn add_group(&self, group: &str) {
        lock::write(&self.shared.groups).entry(group.to_owned()).or_insert_with(|| Arc::new(Group::new(group)));
    }

    /// Replaces all rules at once. On an error the rules in force stay as they are.
    ///
    /// Groups must exist: see [`Router::add_group`] and [`Router::register`].
    pub fn set_rules(&self, rules: Vec<ListenerRule>) -> Result<(), RuleError> {
        let table = RuleTable::new(rules, &lock::read(&self.shared.groups))?;
        *lock::write(&self.shared.rules) = Arc::new(table);
        Ok(())
    }

    /// Registers `target` at `address` in `group`, which is made if need be, and starts checking its health.
    ///
    /// A target of that name in that group is replaced; what it has in flight goes on.
    /// Must be called within a Tokio runtime.
    pub fn register(&self, group: &str, target: &str, address: SocketAddr, check: HealthCheck) {
        self.add_group(group);
        let Some(found) = self.shared.group(group) else { return };
        let target = Arc::new(Target::new(target, address, &self.shared.settings));
        health::start(&target, check);
        found.add(target);
    }

    /// Waits at most `timeout` for `target` to become healthy.
    ///
    /// Fails at once when it is not registered, when it is draining, or when it is removed meanwhile. A target
    /// that turns unhealthy is waited for: it may recover within the time.
    pub async fn wait_healthy(&self, group: &str, target: &str, timeout: Duration) -> Result<(), NotHealthy> {
        let found = self.shared.target(group, target);
        target::wait_healthy(group, target, found, timeout).await
    }

    /// Takes `target` out of rotation, waits until nothing is in flight to it or `drain` has passed, cuts what
    /// is left, and removes it. A target that is not registered is drained already.
    ///
    /// Dropping the future leaves the target draining; calling again carries on.
    pub async fn deregister(&self, group: &str, target: &str, drain: Duration) -> Drained {
        let Some(found) = self.shared.target(group, target) else {
            return Drained::default();
        };
        let drained = found.drain(drain).await;
        if let Some(group) = self.shared.group(group) {
            group.remove(&found);
        }
        drained
    }

    /// Every registered target, by group and in order of registration.
    pub fn targets(&self) -> Vec<TargetStatus> {
        let groups = lock::read(&self.shared.groups);
        groups.values().flat_map(|group| group.status()).collect()
    }

    /// Serves connections to `listener` until `shutdown` resolves, then finishes the requests in flight.
    ///
    /// Tunnels (WebSocket) have no end of their own and are closed on shutdown. Dropping the future cuts all.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) -> io::Result<()> {
        self.serve_as(Scheme::Http, listener, shutdown).await
    }

    /// As [`Router::serve`], for visitors who speak `scheme`.
    pub async fn serve_as(
        &self,
        scheme: Scheme,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        serve::serve(self.shared.clone(), listener, scheme, shutdown).await
    }
}

impl Shared {
    fn group(&self, name: &str) -> Option<Arc<Group>> {
        lock::read(&self.groups).get(name).cloned()
    }

    fn target(&self, group: &str, target: &str) -> Option<Arc<Target>> {
        self.group(group)?.find(target)
    }
}
