//! The secrets of an environment. Terraform owns the containers; values go from a person to Secrets Manager and nowhere
//! else, and tasks name the version that they read, so that another value is another release.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use hint::Hint;
use jiff::Timestamp;
use model::stack::Environment;
use serde::Serialize;

use crate::{Site, aws::secretsmanager::Secrets};

/// How the version of a secret that was unset begins.
const UNSET: &str = "unset-";

/// A secret of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Secret {
    /// The service.
    pub service: String,
    /// The environment variable.
    pub variable: String,
    /// Its name in Secrets Manager.
    pub name: String,
}

/// A secret, and what is known of it.
#[derive(Clone, Debug, Serialize)]
pub struct SecretState {
    /// Which.
    #[serde(flatten)]
    pub secret: Secret,
    /// Whether its container exists.
    pub exists: bool,
    /// The version that tasks of the next release get; none if it has no value.
    pub version: Option<String>,
    /// Whether it is being deleted.
    pub deleted: bool,
}

impl Secret {
    /// The secret that a user calls `service/NAME`.
    pub fn find(site: &Site, environment: &Environment, text: &str) -> anyhow::Result<Self> {
        let found = all(environment).into_iter().find(|secret| secret.key() == text);
        found.with_context(|| format!("`{}` has no secret `{text}`", site.environment)).with_hint(|| {
            let known: Vec<_> = all(environment).iter().map(Self::key).collect();
            if known.is_empty() {
                "infra.nix declares none; `services.NAME.secrets.VARIABLE = { };` declares one".to_owned()
            } else {
                format!("infra.nix declares: {}", known.join(", "))
            }
        })
    }

    /// What brings it back while AWS keeps what was deleted. The next plan imports it.
    pub fn restore(&self, site: &Site) -> String {
        format!(
            "`aws secretsmanager restore-secret --secret-id {} --region {}` brings it back, and the same command again takes it in",
            self.name, site.region
        )
    }

    /// The container's address in the root.
    pub fn address(&self) -> String {
        format!("aws_secretsmanager_secret.{}_{}", self.service, self.variable)
    }

    /// `service/NAME`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.service, self.variable)
    }
}

fn all(environment: &Environment) -> Vec<Secret> {
    let services = environment.services.iter();
    let secrets = services.flat_map(|(service, deployed)| {
        let secret = |(variable, name): (&String, &String)| Secret {
            service: service.clone(),
            variable: variable.clone(),
            name: name.clone(),
        };
        deployed.secrets.iter().map(secret).collect::<Vec<_>>()
    });
    secrets.collect()
}

/// Every secret of `environment`, and how it is.
pub async fn states(site: &Site, environment: &Environment) -> anyhow::Result<Vec<SecretState>> {
    let secrets = Secrets::new(&site.account);
    let mut states = Vec::new();
    for secret in all(environment) {
        let found = secrets.describe(&secret.name).await.with_context(|| format!("asking for `{}`", secret.name))?;
        let version = found.as_ref().and_then(|found| found.version()).filter(|version| !version.starts_with(UNSET));
        let version = version.map(str::to_owned);
        let deleted = found.as_ref().is_some_and(|found| found.deleted_date.is_some());
        states.push(SecretState { secret, exists: found.is_some(), version, deleted });
    }
    Ok(states)
}

/// The current version of each secret that has a value, by `service/NAME`.
pub async fn versions(site: &Site, environment: &Environment) -> anyhow::Result<BTreeMap<String, String>> {
    let states = states(site, environment).await?;
    Ok(states.into_iter().filter_map(|state| Some((state.secret.key(), state.version?))).collect())
}

/// The secrets that no task could read: without a value, or about to be deleted.
pub async fn missing(site: &Site, environment: &Environment) -> anyhow::Result<Vec<SecretState>> {
    let states = states(site, environment).await?;
    Ok(states.into_iter().filter(|state| state.version.is_none() || state.deleted).collect())
}

/// Gives `secret` the value `value`; returns the version that it made.
pub async fn put(site: &Site, secret: &Secret, value: &str, now: Timestamp) -> anyhow::Result<String> {
    hint::ensure!(!value.is_empty(), "the value of `{}` is empty", secret.key(), hint = "give it on standard input");
    ensure!(value.len() <= 65_536, "the value of `{}` is longer than the 64 KiB that AWS keeps", secret.key());
    // A token of the time, not of the value: Secrets Manager shows it to whoever may list versions.
    let token = format!("driftless-{:032}", now.as_nanosecond());
    let put = Secrets::new(&site.account).put(&secret.name, value, &token).await;
    put.with_context(|| format!("setting `{}`", secret.key()))
}

/// Takes the value away from `secret`. AWS lets nobody remove the current version, so a version that says by its name that
/// it is none takes its place.
pub async fn forget(site: &Site, secret: &Secret, now: Timestamp) -> anyhow::Result<()> {
    let token = format!("{UNSET}{:026}", now.as_nanosecond());
    let put = Secrets::new(&site.account).put(&secret.name, "unset", &token).await;
    put.map(drop).with_context(|| format!("unsetting `{}`", secret.key()))
}
