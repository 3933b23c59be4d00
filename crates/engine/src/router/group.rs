//! Target groups: which target gets a request.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    lock,
    status::{TargetState, TargetStatus},
    target::{Lease, Target},
};

/// A named set of targets.
pub(super) struct Group {
    name: String,
    targets: RwLock<Vec<Arc<Target>>>,
    turn: AtomicUsize,
}

impl Group {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), targets: RwLock::default(), turn: AtomicUsize::new(0) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn add(&self, target: Arc<Target>) {
        let mut targets = lock::write(&self.targets);
        targets.retain(|known| known.id() != target.id());
        targets.push(target);
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Target>> {
        lock::read(&self.targets).iter().find(|target| target.id() == id).cloned()
    }

    pub(super) fn remove(&self, target: &Arc<Target>) {
        lock::write(&self.targets).retain(|known| !Arc::ptr_eq(known, target));
    }

    pub(super) fn status(&self) -> Vec<TargetStatus> {
        lock::read(&self.targets).iter().map(|target| target.status(&self.name)).collect()
    }

    /// The next target by round robin, with a request counted in flight to it.
    ///
    /// Healthy targets take turns. Without any, a group that has an unhealthy target fails open: all that are
    /// registered and not draining take turns ("Target group health"). A group of which all targets are still
    /// `initial` gives none, which is a 503: on AWS such targets are not yet in use, and here they are about to
    /// listen, so a 503 is the more honest answer than the 502 of a refused connection.
    pub(super) fn lease(&self) -> Option<Lease> {
        let targets = lock::read(&self.targets);
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let state = |wanted| move |target: &&Arc<Target>| target.state() == wanted;
            let chosen = if targets.iter().any(|target| target.state() == TargetState::Healthy) {
                nth(&targets, turn, state(TargetState::Healthy))
            } else if targets.iter().any(|target| target.state() == TargetState::Unhealthy) {
                nth(&targets, turn, |target| target.state() != TargetState::Draining)
            } else {
                return None;
            };
            // States change while we look: a target that began to drain refuses, and we look again.
            if let Some(lease) = chosen.and_then(Target::lease) {
                return Some(lease);
            }
        }
    }
}

fn nth(targets: &[Arc<Target>], turn: usize, wanted: impl Fn(&&Arc<Target>) -> bool) -> Option<&Arc<Target>> {
    let count = targets.iter().filter(&wanted).count();
    targets.iter().filter(&wanted).nth(turn.checked_rem(count)?)
}
