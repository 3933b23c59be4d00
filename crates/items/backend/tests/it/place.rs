//! Where the items of a test are: each test of the contract runs on both stores.

use std::{process::Command, sync::OnceLock};

use tempfile::TempDir;
use testing::Postgres;

use crate::server::Server;

pub(crate) enum Place {
    Sqlite(TempDir),
    /// The URL of a database.
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// A database of the one PostgreSQL that all tests of this process share. None if there is none, which has been said.
    pub(crate) fn postgres() -> Option<Self> {
        Some(Self::Postgres(cluster()?.database()))
    }

    /// Has that PostgreSQL run `sql` in the database at `url`.
    pub(crate) fn ask(url: &str, sql: &str) -> String {
        cluster().unwrap().ask(url, sql)
    }

    /// A backend of its own over the items that are here.
    pub(crate) fn start(&self) -> Server {
        self.start_with(|_| {})
    }

    pub(crate) fn start_with(&self, change: impl FnOnce(&mut Command)) -> Server {
        match self {
            Self::Sqlite(directory) => Server::start_with(directory.path(), change),
            Self::Postgres(url) => Server::start_at(url, change),
        }
    }
}

fn cluster() -> Option<&'static Postgres> {
    static CLUSTER: OnceLock<Option<Postgres>> = OnceLock::new();
    CLUSTER.get_or_init(Postgres::start).as_ref()
}

/// Makes of each function two tests, one for each store.
macro_rules! on_both_stores {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() {
                super::$test(&crate::place::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() {
                if let Some(place) = crate::place::Place::postgres() {
                    super::$test(&place).await;
                }
            })*
        }
    };
}
pub(crate) use on_both_stores;
