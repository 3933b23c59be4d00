//! The password of a new connection: one that was given, the one of today, or a token in its place.

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio_postgres::{Config, config::Host};

use crate::aws::{Scope, Secret, Source, presigned};

/// A token of RDS is good for that long; it is asked for at the start of a connection only.
const TOKEN_SECONDS: u32 = 900;

/// Where the password comes from.
#[derive(Debug)]
pub(super) enum SignIn {
    /// From the settings, if there is one.
    Given,
    /// From the settings, until AWS has changed it.
    Rotating { secret: Secret, password: Mutex<Option<String>> },
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html>
    Token { region: String, source: Source },
}

impl SignIn {
    /// Without a password it is a token where the server is one of RDS.
    pub(super) fn new(config: &Config, environment: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        if config.get_password().is_none() {
            let source = Source::new(environment);
            return Ok(region(config).map_or(Self::Given, |region| Self::Token { region, source }));
        }
        let Some(arn) = environment("DATABASE_SECRET_ARN") else { return Ok(Self::Given) };
        Ok(Self::Rotating { secret: Secret::new(arn, environment)?, password: Mutex::new(None) })
    }

    /// `config` with the password of now.
    pub(super) async fn sign(&self, config: &Config, now: Timestamp) -> anyhow::Result<Config> {
        let mut config = config.clone();
        match self {
            Self::Given => {}
            Self::Rotating { password, .. } => {
                if let Some(password) = &*password.lock().await {
                    config.password(password);
                }
            }
            Self::Token { region, source } => {
                let scope = Scope { region, service: "rds-db", now };
                let port = config.get_ports().first().copied().unwrap_or(5432);
                let host = format!("{}:{port}", name(&config).unwrap_or_default());
                let query = [("Action", "connect"), ("DBUser", config.get_user().unwrap_or_default())];
                let token = presigned(&scope, &source.credentials().await?, &host, &query, TOKEN_SECONDS);
                config.password(token);
            }
        }
        Ok(config)
    }

    /// After `refused` was: whether there is another password by now.
    pub(super) async fn renew(&self, refused: &Config, now: Timestamp) -> anyhow::Result<bool> {
        let Self::Rotating { secret, password } = self else { return Ok(false) };
        // Of many that are refused, one asks.
        let mut password = password.lock().await;
        let is_new = |password: &str| refused.get_password() != Some(password.as_bytes());
        if password.as_deref().is_some_and(is_new) {
            return Ok(true);
        }
        let now = secret.password(now).await?;
        let renewed = is_new(&now);
        *password = Some(now);
        Ok(renewed)
    }
}

fn name(config: &Config) -> Option<&str> {
    match config.get_hosts().first()? {
        Host::Tcp(name) => Some(name),
        #[cfg(unix)]
        Host::Unix(_) => None,
    }
}

/// The region of a server of RDS, which its name says: `NAME.ID.REGION.rds.amazonaws.com`.
fn region(config: &Config) -> Option<String> {
    let host = name(config)?;
    let host = host.strip_suffix(".rds.amazonaws.com").or_else(|| host.strip_suffix(".rds.amazonaws.com.cn"))?;
    host.rsplit('.').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_rds_without_a_password_takes_a_token_and_no_other_does() {
        let way = |url: &str| SignIn::new(&url.parse().unwrap(), |_| None).unwrap();
        for (url, expected) in [
            ("postgres://u@items.abc.eu-central-1.rds.amazonaws.com/d", "eu-central-1"),
            ("postgres://u@items.cluster-abc.cn-north-1.rds.amazonaws.com.cn/d", "cn-north-1"),
        ] {
            assert!(matches!(way(url), SignIn::Token { region, .. } if region == expected), "{url}");
        }
        for url in ["postgres://u@db.example/d", "postgres://u:p@items.abc.eu-central-1.rds.amazonaws.com/d"] {
            assert!(matches!(way(url), SignIn::Given), "{url}");
        }
    }
}
