//! Where PostgreSQL is, and who we are to it: the URL, and the variables of the environment for what it leaves out.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, ensure};
use tokio_postgres::{
    Config,
    config::{Host, SslMode, TargetSessionAttrs},
};

use super::{
    sign_in::SignIn,
    tls::Tls,
    url::{Url, is_encrypted},
};

/// For a server that does not answer to be given up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// For what is sent to be acknowledged: a host that is gone says nothing.
const TCP_TIMEOUT: Duration = Duration::from_secs(9);
/// Between the questions to an idle connection whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const KEEP_ALIVE_RETRIES: u32 = 3;

/// All that a connection needs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    url: Url,
    sign_in: Arc<SignIn>,
}

impl Settings {
    /// What `url` says; and what it leaves out, by the variables that `infra.nix` gives a task, then by those of `libpq`.
    pub(crate) fn new(url: &Url, environment: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut url = url.clone();
        let config = &mut *url.config;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            let host = environment("PGHOST");
            config.host(host.context("the URL of the database names no host: name it there or by PGHOST")?);
        }
        if config.get_ports().is_empty()
            && let Some(port) = environment("PGPORT")
        {
            config.port(port.parse().with_context(|| format!("PGPORT is no port: `{port}`"))?);
        }
        let nobody = |config: &Config| config.get_user().is_none_or(str::is_empty);
        if nobody(config)
            && let Some(user) = environment("DATABASE_USER").or_else(|| environment("PGUSER"))
        {
            config.user(user);
        }
        if config.get_password().is_none()
            && let Some(password) = environment("DATABASE_PASSWORD").or_else(|| environment("PGPASSWORD"))
        {
            config.password(password);
        }
        if config.get_dbname().is_none()
            && let Some(name) = environment("PGDATABASE")
        {
            config.dbname(name);
        }
        ensure!(!nobody(config), "nobody says as whom to sign in to the database: set DATABASE_USER");
        if url.encrypted.is_none() {
            url.encrypted =
                environment("PGSSLMODE").map(|mode| is_encrypted(&mode)).transpose().context("PGSSLMODE")?;
        }
        let encrypted = url.encrypted.unwrap_or_else(|| !is_on_this_machine(&url.config));
        url.config
            .application_name("backend")
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(KEEP_ALIVE)
            .keepalives_interval(KEEP_ALIVE)
            .keepalives_retries(KEEP_ALIVE_RETRIES)
            .ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable })
            // After a failover an address may still lead to what is now the standby.
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .tcp_user_timeout(TCP_TIMEOUT);
        if url.authorities.is_none() {
            url.authorities = environment("PGSSLROOTCERT").map(PathBuf::from);
        }
        let sign_in = Arc::new(SignIn::new(&url.config, environment)?);
        Ok(Self { url, sign_in })
    }

    pub(super) fn config(&self) -> &Config {
        &self.url.config
    }

    pub(super) fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    pub(super) fn tls(&self) -> anyhow::Result<Tls> {
        Tls::new(self.url.authorities.as_deref())
    }

    /// Checks what can be without a connection.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        self.tls().map(drop)
    }

    /// For people: without the password.
    pub(crate) fn shown(&self) -> String {
        self.url.to_string()
    }
}

/// Nobody stands between, and such a server seldom has a certificate.
fn is_on_this_machine(config: &Config) -> bool {
    config.get_hosts().first().is_some_and(|host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(path) => path.starts_with(Path::new("/")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, environment: &[(&str, &str)]) -> anyhow::Result<Settings> {
        let value = |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::new(&url.parse()?, value)
    }

    fn error(url: &str, environment: &[(&str, &str)]) -> String {
        format!("{:#}", settings(url, environment).expect_err("refused"))
    }

    #[test]
    fn reads_what_infra_nix_gives_a_task() {
        let given = [("DATABASE_USER", "app"), ("DATABASE_PASSWORD", "hunter2"), ("PGUSER", "other")];
        let settings = settings("postgresql://db.example:5432/items?sslmode=require", &given).unwrap();
        let config = settings.config();
        assert_eq!(settings.shown(), "postgres://app@db.example:5432/items");
        assert_eq!(config.get_password(), Some(&b"hunter2"[..]));
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn the_variables_of_libpq_say_what_the_url_leaves_out() {
        let all =
            [("PGHOST", "/run/pg"), ("PGPORT", "6000"), ("PGUSER", "u"), ("PGPASSWORD", "p"), ("PGDATABASE", "d")];
        let by_variables = settings("postgres://", &all).unwrap();
        assert_eq!(by_variables.shown(), "postgres://u@/run/pg:6000/d");
        let by_url = settings("postgres://me:pw@h:1/e", &all).unwrap();
        assert_eq!(by_url.shown(), "postgres://me@h:1/e");
        assert_eq!(by_url.config().get_password(), Some(&b"pw"[..]));
    }

    #[test]
    fn whatever_leaves_this_machine_is_encrypted_unless_it_is_said_otherwise() {
        let mode = |url: &str, given: &[(&str, &str)]| settings(url, given).unwrap().config().get_ssl_mode();
        for url in
            ["postgres://u@localhost/d", "postgres://u@127.0.0.1/d", "postgres://u@[::1]/d", "postgres://u@%2Frun/d"]
        {
            assert_eq!(mode(url, &[]), SslMode::Disable, "{url}");
        }
        for url in
            ["postgres://u@db.example/d", "postgres://u@10.0.0.1/d", "postgres://u@localhost/d?sslmode=verify-full"]
        {
            assert_eq!(mode(url, &[]), SslMode::Require, "{url}");
        }
        assert_eq!(mode("postgres://u@db.example/d", &[("PGSSLMODE", "disable")]), SslMode::Disable);
    }

    #[test]
    fn says_what_is_wrong_and_never_the_password() {
        let user = [("PGUSER", "u")];
        for (url, given, says) in [
            ("postgres://", &user[..], "names no host"),
            ("postgres://h/d", &[], "set DATABASE_USER"),
            ("postgres://u:hunter2@h:x/d", &[], "port"),
            ("postgres://u:hunter2@h/d?sslmode=prefer", &[], "`sslmode=prefer` is none of"),
            ("postgres://u:hunter2@h/d?colour=red", &[], "colour"),
            ("postgres://u:hunter2@h,i/d", &[], "several hosts"),
            ("postgres://h/d", &[("PGUSER", "u"), ("PGSSLMODE", "allow")], "PGSSLMODE: `sslmode=allow`"),
            ("postgres://", &[("PGHOST", "h"), ("PGPORT", "x")], "PGPORT is no port"),
        ] {
            let told = error(url, given);
            assert!(told.contains(says) && !told.contains("hunter2"), "{url}: {told}");
        }
    }
}
