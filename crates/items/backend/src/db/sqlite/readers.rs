//! A pool of connections that read in parallel, off the async threads.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{super::DbError, connection};

pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    /// As many permits as connections: who has one finds a connection in `idle`.
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: &Path, count: u8) -> anyhow::Result<Self> {
        let idle = (0..count).map(|_| connection::open(path)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(count.into())) })
    }

    /// Runs `query` on a free connection, waiting for one.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DbError> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| DbError::Gone)?;
        let idle = self.idle.clone();
        let work = move || {
            let connection = lock(&idle).pop().ok_or(DbError::Gone)?;
            let result = query(&connection);
            lock(&idle).push(connection);
            drop(permit);
            Ok(result?)
        };
        spawn_blocking(work).await.unwrap_or(Err(DbError::Gone))
    }
}

/// A panic elsewhere cannot leave the vector half-changed.
fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
