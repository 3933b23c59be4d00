//! Who we are to a registry.

use futures_util::future::BoxFuture;

use crate::registry::Secret;

/// What a registry, or its token service, is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    Anonymous,
    /// A user and a password.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A refresh token, which a token service changes into tokens.
    Identity(Secret),
}

/// A source of credentials for one registry.
pub trait Login: Send + Sync {
    /// The credentials. Asked for once they are needed, and again when the registry no longer takes them: whoever has
    /// them for a limited time gets new ones here.
    fn credentials(&self) -> BoxFuture<'_, anyhow::Result<Credentials>>;

    /// True if the registry is known to want Basic, so that the first request can have it.
    fn at_once(&self) -> bool {
        false
    }
}

/// No credentials.
#[derive(Clone, Copy, Debug)]
pub struct NoLogin;

impl Login for NoLogin {
    fn credentials(&self) -> BoxFuture<'_, anyhow::Result<Credentials>> {
        Box::pin(async { Ok(Credentials::Anonymous) })
    }
}

/// A user and a password that were given.
#[derive(Clone, Debug)]
pub struct Password {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl Login for Password {
    fn credentials(&self) -> BoxFuture<'_, anyhow::Result<Credentials>> {
        let Self { user, password } = self.clone();
        Box::pin(async { Ok(Credentials::Password { user, password }) })
    }
}
