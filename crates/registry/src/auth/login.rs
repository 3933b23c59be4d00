//! Credentials, and where they come from.

use futures_util::future::BoxFuture;

use crate::Secret;

/// What is sent to a registry or its token service to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// No credentials: what is public can be read.
    Anonymous,
    /// For Basic authentication, or for a token service.
    #[expect(missing_docs, reason = "the fields are named after what they contain")]
    Password { user: String, password: Secret },
    /// A refresh token (`identitytoken` in Docker's file), which a token service exchanges for a token.
    Identity(Secret),
}

/// A source of credentials for one registry.
pub trait Login: Send + Sync {
    /// The current credentials for `repository`. Called when they are first needed, and again when the registry no longer
    /// accepts them, so that credentials that expire can be renewed here.
    fn credentials<'a>(&'a self, repository: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>>;

    /// True if repositories of the registry may have credentials of their own. Otherwise it is asked once for all.
    fn by_repository(&self) -> bool {
        false
    }

    /// True to send Basic authentication with the first request, without waiting for a response with 401.
    fn at_once(&self) -> bool {
        false
    }
}

/// Signs in nowhere.
#[derive(Clone, Copy, Debug)]
pub struct NoLogin;

impl Login for NoLogin {
    fn credentials<'a>(&'a self, _: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>> {
        Box::pin(async { Ok(Credentials::Anonymous) })
    }
}

/// Signs in with a fixed user and password.
#[derive(Clone, Debug)]
pub struct Password {
    /// As the registry knows it.
    pub user: String,
    /// Or a token that the registry accepts in place of a password.
    pub password: Secret,
}

impl Login for Password {
    fn credentials<'a>(&'a self, _: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>> {
        let Self { user, password } = self.clone();
        Box::pin(async { Ok(Credentials::Password { user, password }) })
    }
}
