//! Visitors of a load balancer.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{task::JoinHandle, time::sleep};

use crate::http::Http;

/// Time between two visits of one visitor.
const PAUSE: Duration = Duration::from_millis(20);

/// Visitors who come as long as they are let.
pub(crate) struct Visitors {
    stop: Arc<AtomicBool>,
    visits: Arc<AtomicU64>,
    failures: Arc<Mutex<BTreeMap<String, u64>>>,
    visiting: Vec<JoinHandle<()>>,
}

impl Visitors {
    /// One for each path.
    pub(crate) fn begin(door: &(String, SocketAddr), paths: &[String]) -> Self {
        let (stop, visits, failures) = (Arc::default(), Arc::default(), Arc::default());
        let mut visiting = Vec::new();
        for path in paths {
            let (http, path, door) = (Http::new(), path.clone(), door.clone());
            let (stop, visits): (Arc<AtomicBool>, Arc<AtomicU64>) = (Arc::clone(&stop), Arc::clone(&visits));
            let failures: Arc<Mutex<BTreeMap<String, u64>>> = Arc::clone(&failures);
            visiting.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let failed = match http.visit(&door, &path).await {
                        Ok(answer) if answer.status.is_server_error() => Some(answer.status.to_string()),
                        Ok(_) => None,
                        Err(error) => Some(format!("{error:#}")),
                    };
                    visits.fetch_add(1, Ordering::Relaxed);
                    if let Some(failed) = failed {
                        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                        *failures.entry(failed).or_default() += 1;
                    }
                    sleep(PAUSE).await;
                }
            }));
        }
        Self { stop, visits, failures, visiting }
    }

    /// How many came, and what failed how often.
    pub(crate) async fn end(self) -> (u64, BTreeMap<String, u64>) {
        self.stop.store(true, Ordering::Relaxed);
        for visitor in self.visiting {
            // What it saw is counted.
            let _ = visitor.await;
        }
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (self.visits.load(Ordering::Relaxed), failures)
    }
}
