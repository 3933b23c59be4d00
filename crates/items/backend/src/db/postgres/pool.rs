//! The connections: opened when there is need, at most so many, and looked at before they are lent again.

use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};
use jiff::Timestamp;
use thiserror::Error;
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::{Client, error::SqlState};
use tracing::warn;

use super::{again, connection::Connection, settings::Settings, tls::Tls};

/// A connection that nobody has used for so long is asked whether it is still there: a server that another has taken the
/// place of does not say so.
const UNUSED: Duration = Duration::from_secs(5);
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) struct Pool(managed::Pool<Manager>);

/// Why there is no connection.
#[derive(Debug, Error)]
pub(super) enum PoolFault {
    #[error("{}", shown(.0))]
    Connect(tokio_postgres::Error),
    #[error("{0:#}")]
    SignIn(anyhow::Error),
    #[error("the pool is closed")]
    Closed,
}

impl PoolFault {
    /// Whether it may be better in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Connect(error) => again::may_connect_again(error),
            // AWS is asked on the way.
            Self::SignIn(_) => true,
            Self::Closed => false,
        }
    }
}

/// With its causes, which hold what matters.
fn shown(error: &tokio_postgres::Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// A connection that goes back to the pool.
pub(super) struct Lent(Object<Manager>);

impl Lent {
    /// Nobody gets this one again.
    pub(super) fn give_up(self) {
        drop(Object::take(self.0));
    }
}

impl std::ops::Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl Pool {
    pub(super) fn new(settings: &Settings, connections: u16, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        let manager = Manager { settings: settings.clone(), tls: settings.tls()?, clock };
        Ok(Self(managed::Pool::builder(manager).max_size(connections.into()).build()?))
    }

    pub(super) async fn get(&self) -> Result<Lent, PoolFault> {
        match self.0.get().await {
            Ok(connection) => Ok(Lent(connection)),
            Err(PoolError::Backend(error)) => Err(error),
            Err(_) => Err(PoolFault::Closed),
        }
    }

    /// A connection beside the pool, without statements.
    pub(super) async fn bare(&self) -> Result<(Client, JoinHandle<()>), PoolFault> {
        // Boxed, here and below: seldom needed, and large.
        Box::pin(self.0.manager().connect()).await
    }
}

struct Manager {
    settings: Settings,
    tls: Tls,
    clock: fn() -> Timestamp,
}

impl Manager {
    /// A connection, and what drives it.
    async fn connect(&self) -> Result<(Client, JoinHandle<()>), PoolFault> {
        let (sign_in, now) = (self.settings.sign_in(), (self.clock)());
        let config = sign_in.sign(self.settings.config(), now).await.map_err(PoolFault::SignIn)?;
        let connected = config.connect(self.tls.clone()).await;
        let refused = connected.as_ref().is_err_and(|error| error.code() == Some(&SqlState::INVALID_PASSWORD));
        let connected = if refused && sign_in.renew(&config, now).await.map_err(PoolFault::SignIn)? {
            let config = sign_in.sign(self.settings.config(), now).await.map_err(PoolFault::SignIn)?;
            config.connect(self.tls.clone()).await
        } else {
            connected
        };
        let (client, connection) = connected.map_err(PoolFault::Connect)?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Who uses it is told, too; of an idle one it is this that tells.
                warn!(cause = shown(&error), "a connection to the database ended");
            }
        });
        Ok((client, driver))
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = PoolFault;

    async fn create(&self) -> Result<Connection, PoolFault> {
        let create = async {
            let (client, driver) = self.connect().await?;
            Connection::new(client, driver).await.map_err(PoolFault::Connect)
        };
        Box::pin(create).await
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<PoolFault> {
        if connection.is_closed() {
            return Err(RecycleError::message("it is closed"));
        }
        if metrics.last_used() < UNUSED {
            return Ok(());
        }
        match timeout(CHECK_TIMEOUT, connection.check()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(PoolFault::Connect(error).into()),
            Err(_) => Err(RecycleError::message("it does not answer")),
        }
    }
}
