//! What would stop a deployment, found before it begins; each with its remedy.

mod certificate;
mod clock;
mod exposure;
mod network;
mod quota;
mod region;
mod state;
mod tools;
mod vcpu;

use std::fmt::Write;

use serde::Serialize;

pub use self::region::unanswered;
use hint::ErrorReport;
use model::stack::{Environment, Stack};

use super::{Lock, secrets};
use crate::{
    Release, Site,
    aws::ecr::Ecr,
    terraform::{Configuration, State},
};

/// Version of the JSON that a diagnosis is printed as.
const SCHEMA: u32 = 1;

/// All that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// Version of this document.
    pub schema: u32,
    /// The environment.
    pub environment: Option<String>,
    /// The account that the credentials are of.
    pub account: Option<String>,
    /// The environment's region.
    pub region: Option<String>,
    /// One entry for each thing that was looked at, or more.
    pub findings: Vec<Finding>,
    /// The lock on the environment's state, if there is one.
    #[serde(skip)]
    pub(super) lock: Option<Lock>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it is.
    pub level: Level,
    /// What was found.
    pub says: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Fine,
    /// A deployment can go on.
    Warning,
    /// A deployment would fail.
    Error,
}

impl Finding {
    pub(crate) fn fine(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, level: Level::Fine, says: says.into(), remedy: None }
    }

    pub(crate) fn warning(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, says: says.into(), remedy: Some(remedy.into()) }
    }

    pub(crate) fn error(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Error, says: says.into(), remedy: Some(remedy.into()) }
    }

    /// Whoever deploys need not be allowed to ask, but is to know that nobody looked.
    pub(crate) fn unchecked(check: &'static str, error: &crate::aws::Error, right: &str) -> Self {
        let refused = matches!(error, crate::aws::Error::Refused { .. }) && !error.is_passing();
        let remedy = if refused {
            format!("allow `{right}`, or look in the console")
        } else {
            "run `driftless doctor` again later, or look in the console".to_owned()
        };
        Self::warning(check, format!("could not be checked: {error}"), remedy)
    }

    /// An error with its hint as the remedy.
    pub fn failed(check: &'static str, error: &anyhow::Error) -> Self {
        let ErrorReport { error: says, hint } = ErrorReport::of(error);
        Self::error(check, says, hint.unwrap_or_else(|| "see above".to_owned()))
    }
}

impl Diagnosis {
    /// Of what could be looked at so far.
    pub fn new(site: Option<&Site>, findings: Vec<Finding>) -> Self {
        let environment = site.map(|site| site.environment.clone());
        let account = site.map(|site| site.caller.account.clone());
        let region = site.map(|site| site.region.clone());
        Self { schema: SCHEMA, environment, account, region, findings, lock: None }
    }

    /// The worst of the findings.
    pub fn level(&self) -> Level {
        self.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Fine)
    }

    /// For people. Without what is fine, unless `all`.
    pub fn text(&self, all: bool) -> String {
        let mut text = String::new();
        for Finding { check, level, says, remedy } in &self.findings {
            let sign = match level {
                Level::Fine if !all => continue,
                Level::Fine => "ok     ",
                Level::Warning => "warning",
                Level::Error => "error  ",
            };
            // Writing to a string succeeds.
            let _ = writeln!(text, "{sign} {check}: {says}");
            if let Some(remedy) = remedy {
                let _ = writeln!(text, "        hint: {remedy}");
            }
        }
        text
    }
}

/// Looks at everything that `stack` needs at `site`. `configuration` is that of the environment's root.
pub async fn examine(site: &Site, stack: &Stack, configuration: anyhow::Result<Configuration>) -> Diagnosis {
    let environment = match stack.environment(&site.environment) {
        Ok(environment) => environment,
        Err(error) => return Diagnosis::new(Some(site), vec![Finding::failed("environment", &error)]),
    };
    let mut findings = vec![identity(site, environment)];
    let configuration = match configuration {
        Ok(configuration) => Some(configuration),
        Err(error) => {
            findings.push(unread(&error));
            None
        }
    };
    if let Some(configuration) = &configuration {
        findings.extend(said_of_itself(site, environment, configuration));
    }
    findings.extend(tools::look(site, configuration.as_ref()).await);
    let (states, lock) = state::look(site, stack).await;
    findings.extend(states);
    let made = made(site).await;
    findings.extend(made.as_ref().err().cloned());
    let planned = configuration.as_ref().zip(made.as_ref().ok());
    let (repositories, secrets, quota, certificate, clock) = tokio::join!(
        Box::pin(repositories(site, stack, environment)),
        Box::pin(secrets_of(site, environment)),
        Box::pin(quota::look(site, environment, planned)),
        Box::pin(certificate::look(site, environment, planned)),
        Box::pin(clock::look(site))
    );
    findings.extend(repositories.unwrap_or_else(|error| vec![Finding::failed("repositories", &error)]));
    findings.extend(secrets.unwrap_or_else(|error| vec![Finding::failed("secrets", &error)]));
    findings.extend(quota);
    findings.extend(certificate);
    findings.push(clock);
    Diagnosis { lock, ..Diagnosis::new(Some(site), findings) }
}

/// What the root of `release` says of itself, without asking AWS.
pub fn foresee(site: &Site, release: &Release) -> anyhow::Result<Diagnosis> {
    let configuration = Configuration::read(&release.root(&site.environment))?;
    let environment = release.environment(site)?;
    Ok(Diagnosis::new(Some(site), said_of_itself(site, environment, &configuration)))
}

fn said_of_itself(site: &Site, environment: &Environment, configuration: &Configuration) -> Vec<Finding> {
    let root = configuration.document();
    let mut findings = network::look(&site.environment, environment, root, &site.caller.account);
    findings.push(exposure::look(&site.environment, environment, root));
    findings
}

fn identity(site: &Site, environment: &Environment) -> Finding {
    let (caller, name) = (&site.caller, &site.environment);
    let says = format!("{} in account {}, region {}", caller.arn, caller.account, site.region);
    match environment.account {
        Some(_) => Finding::fine("account", says),
        None => Finding::warning(
            "account",
            format!("{says}; the stack does not say which account `{name}` belongs in"),
            format!("`environments.{name}.account = \"{}\";` in infra.nix", caller.account),
        ),
    }
}

/// Without the root much is not known, but a bundle may have it that is built later.
fn unread(error: &anyhow::Error) -> Finding {
    Finding::warning(
        "configuration",
        format!("what the plan would make could not be checked: {}", ErrorReport::of(error).error),
        "render infra.nix again: `nix/render`",
    )
}

/// What Terraform has made so far.
async fn made(site: &Site) -> Result<State, Finding> {
    const CHECK: &str = "state";
    let key = format!("{}.tfstate", site.environment);
    match site.bucket.get(&key).await {
        Ok(Some(object)) => State::parse(&object.body).map_err(|error| {
            let says = format!("`{key}` is not a state of Terraform: {error}");
            Finding::error(CHECK, says, "restore an older version of that object: the bucket keeps them")
        }),
        Ok(None) => Ok(State::default()),
        Err(error) => Err(Finding::unchecked(CHECK, &error, "s3:GetObject")),
    }
}

async fn repositories(site: &Site, stack: &Stack, environment: &Environment) -> anyhow::Result<Vec<Finding>> {
    const CHECK: &str = "repositories";
    let ecr = Ecr::new(&site.registry_account(stack)?);
    let mut missing = Vec::new();
    for service in environment.services.values() {
        match ecr.repository(&service.repository).await {
            Ok(Some(_)) => {}
            Ok(None) => missing.push(format!("`{}`", service.repository)),
            Err(error) => return Ok(vec![Finding::unchecked(CHECK, &error, "ecr:DescribeRepositories")]),
        }
    }
    if missing.is_empty() {
        return Ok(vec![Finding::fine(CHECK, "each service has one")]);
    }
    let says = format!("there is no {}", missing.join(", "));
    Ok(vec![Finding::error(CHECK, says, format!("`driftless bootstrap -e {}` makes them", site.environment))])
}

async fn secrets_of(site: &Site, environment: &Environment) -> anyhow::Result<Vec<Finding>> {
    const CHECK: &str = "secrets";
    if environment.services.values().all(|service| service.secrets.is_empty()) {
        return Ok(vec![Finding::fine(CHECK, "the stack has none")]);
    }
    let missing = secrets::missing(site, environment).await?;
    if missing.is_empty() {
        return Ok(vec![Finding::fine(CHECK, "each has a value")]);
    }
    let finding = |state: &secrets::SecretState| {
        let secret = &state.secret;
        if state.deleted {
            let says = format!("`{}` is being deleted, and its name is taken until then", secret.key());
            return Finding::error(CHECK, says, secret.restore(site));
        }
        let says = format!("`{}` has no value", secret.key());
        let remedy = format!("`driftless secrets set {} -e {}` asks for it", secret.key(), site.environment);
        Finding::error(CHECK, says, remedy)
    };
    Ok(missing.iter().map(finding).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Error;

    #[test]
    fn what_could_not_be_looked_at_is_said_and_stops_nothing() {
        let reason = "no".to_owned();
        let error = Error::Unreadable { service: "ACM", operation: "ListCertificates", reason };
        let diagnosis = Diagnosis::new(None, vec![Finding::unchecked("certificate", &error, "acm:ListCertificates")]);
        let text = diagnosis.text(false);
        assert!(text.starts_with("warning certificate: could not be checked: "), "{text}");
        assert!(text.contains("hint: run `driftless doctor` again later"), "{text}");
        assert_eq!(diagnosis.level(), Level::Warning);
    }
}
