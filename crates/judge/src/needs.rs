//! What the tasks of a description need to start and to work, and which of it they would not have.
//!
//! A pull needs a way to the registry and a role that may; so do logs, secrets and file systems. A service behind a load balancer
//! needs a listener that forwards to it, and a way from there.

mod ask;
mod task;

use std::borrow::Cow;

use serde::Serialize;

pub use task::{Files, Logs, Secret, Task};

use self::ask::Asking;
use crate::{access::Account, reach::Network};

/// Something that a service needs and would not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// The service.
    pub service: String,
    /// What for, such as `pulling 111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/api`.
    pub need: String,
    /// What is lacking.
    pub message: String,
    /// Whether it is known that it is lacking, rather than not known that it is there.
    pub certain: bool,
}

/// The account as if boundaries of which only the name is known allowed everything: that they may not is told once for a role,
/// and not for each of its rights.
fn without_unknown_boundaries(account: &Account) -> Cow<'_, Account> {
    let mut account = Cow::Borrowed(account);
    let unknown: Vec<_> = account
        .roles
        .iter()
        .filter(|(_, role)| role.unknown_boundary().is_some())
        .map(|(name, _)| name.clone())
        .collect();
    for name in unknown {
        if let Some(role) = account.to_mut().roles.get_mut(&name) {
            role.boundary = None;
        }
    }
    account
}

/// What tasks would lack.
pub fn lacking(network: &Network, account: &Account, tasks: &[Task]) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let bounded = without_unknown_boundaries(account);
    for task in tasks {
        let mut asking = Asking::new(network, &bounded, task, &mut lacks);
        asking.boundaries(account);
        asking.roles();
        asking.images();
        asking.logs();
        asking.secrets();
        asking.files();
        asking.shell();
        asking.peers();
        asking.load_balancers();
    }
    lacks
}
