//! File descriptors: the router needs up to three for each connection.

use rustix::process::{Resource, getrlimit, setrlimit};

/// What a task on Fargate gets, and more than any router here needs.
const WANTED: u64 = 65_536;

/// Raises this process's own limit as far as the system allows without asking anyone. What it stays at when that fails
/// is enough for a stack without load.
pub(crate) fn raise_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!("raising the limit of open files: {error}");
        }
    }
}
