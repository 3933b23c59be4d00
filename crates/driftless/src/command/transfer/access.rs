//! Options for signing in to a registry.

use std::{
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use anyhow::Context;
use registry::{Docker, Endpoint, Events, Login, NoLogin, Password, Registry, Secret, Settings, Trust};

/// Longest password that is read, in bytes.
const MAX_PASSWORD: u64 = 64 << 10;

/// Without these options, the credentials of `docker login` or `podman login` are used if the registry requires some.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::command) struct Access {
    /// Sign in as this user
    #[arg(long, value_name = "NAME", requires = "password_stdin", help_heading = "Registry")]
    username: Option<String>,

    /// Read the password from standard input
    #[arg(long, requires = "username", help_heading = "Registry")]
    password_stdin: bool,

    /// Do not sign in, and ignore the credentials of `docker login`
    #[arg(long, conflicts_with = "username", help_heading = "Registry")]
    anonymous: bool,

    /// Trust the CA certificates in this PEM file in addition to those of the system
    #[arg(long, value_name = "FILE", help_heading = "Registry")]
    ca_cert: Option<PathBuf>,
}

impl Access {
    /// A client of the registry at `endpoint`, with the credentials of these options.
    pub(in crate::command) fn registry(&self, endpoint: Endpoint, events: Events) -> anyhow::Result<Registry> {
        let login: Arc<dyn Login> = match &self.username {
            _ if self.anonymous => Arc::new(NoLogin),
            None => Arc::new(Docker::new(&endpoint)),
            Some(user) => Arc::new(Password { user: user.clone(), password: password()? }),
        };
        self.registry_as(endpoint, login, events)
    }

    /// True if `--username` was given, which is for one registry only.
    pub(in crate::command) fn names_a_user(&self) -> bool {
        self.username.is_some()
    }

    /// The same with the credentials of `login`.
    pub(in crate::command) fn registry_as(
        &self,
        endpoint: Endpoint,
        login: Arc<dyn Login>,
        events: Events,
    ) -> anyhow::Result<Registry> {
        Ok(Registry::new(endpoint, login, self.trust()?, Settings::default(), events))
    }

    /// Whose certificates are trusted.
    pub(in crate::command) fn trust(&self) -> anyhow::Result<Trust> {
        Ok(self.ca_cert.as_deref().map(Trust::with_file).transpose()?.unwrap_or_default())
    }
}

fn password() -> anyhow::Result<Secret> {
    let mut text = String::new();
    io::stdin().take(MAX_PASSWORD).read_to_string(&mut text).context("reading the password from standard input")?;
    let text = text.trim_end_matches(['\r', '\n']);
    hint::ensure!(
        !text.is_empty(),
        "standard input does not contain a password",
        hint = "pass it as in `pass show registry | driftless … --password-stdin`"
    );
    Ok(Secret::new(text))
}
