//! `stack.json`: what `infra.nix` says, as the command line reads it.

mod environment;
mod service;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, ensure};
use hint::Hint;
use serde::{Deserialize, Serialize};

use crate::unknown::Unknown;

pub use self::{
    environment::{Architecture, Deployed, Environment, Foundation, Pace, Range, Signatures, Strategy},
    service::{Health, ImageSource, Rule, Service},
};

/// The only version of `stack.json` that this program reads and writes.
pub const SCHEMA: u32 = 2;

/// An environment value that starts so stands for the address of the service named after it.
pub const SERVICE_REFERENCE: &str = "service:";

/// Name of the Terraform root that all environments share.
pub const FOUNDATION: &str = "foundation";

/// A project's services, by themselves and in each environment.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// SHA-256 of the files that say all this, in hexadecimal digits, by their paths in the project.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
    /// Name that prefixes everything made for the project.
    pub project: String,
    /// The services by name, independent of any environment: what runs on one machine.
    pub services: BTreeMap<String, Service>,
    /// What all environments share, if the project can run on AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foundation: Option<Foundation>,
    /// The places on AWS by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environments: BTreeMap<String, Environment>,
}

impl Stack {
    /// Reads `stack.json` at `path`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = oci::read_document(path)
            .hint("name a directory that `driftless bundle` or Nix made, or render infra.nix")?;
        Self::parse(&text).with_context(|| format!("reading `{}`", path.display()))
    }

    /// Parses the bytes of a `stack.json`.
    pub fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let stack: Self = serde_json::from_slice(text)?;
        stack.check()?;
        Ok(stack)
    }

    /// The environment `name`.
    pub fn environment(&self, name: &str) -> anyhow::Result<&Environment> {
        let known = self.environments.keys().map(String::as_str);
        let unknown = || Unknown::new("environment", name, "the environments in infra.nix", known).into();
        self.environments.get(name).ok_or_else(unknown)
    }

    /// Names of the Terraform roots, in the order in which they are made.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.foundation.iter().map(|_| FOUNDATION).chain(self.environments.keys().map(String::as_str))
    }

    /// The platform of the image of `service`, if all environments that have it agree on one.
    pub fn platform(&self, service: &str) -> Option<oci::Platform> {
        let mut platforms = self.environments.values().filter_map(|environment| environment.services.get(service));
        let first = platforms.next()?.architecture;
        platforms.all(|deployed| deployed.architecture == first).then(|| first.platform())
    }

    /// What must hold between the parts of a stack for this program to act on it.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        hint::ensure!(
            self.schema == SCHEMA,
            "schema {} is not supported, only {SCHEMA}",
            self.schema,
            hint = "use the version of `driftless` that is locked in the project's flake.lock"
        );
        check_name("project", &self.project)?;
        for (name, service) in &self.services {
            check_name("service", name)?;
            self.check_references(name, &service.environment)?;
        }
        for (name, environment) in &self.environments {
            check_name("environment", name)?;
            ensure!(name != FOUNDATION, "an environment cannot be called `{FOUNDATION}`: that is another root");
            for (service, deployed) in &environment.services {
                ensure!(
                    self.services.contains_key(service),
                    "environment `{name}` has the service `{service}`, which the stack does not have"
                );
                self.check_references(service, &deployed.environment)?;
            }
        }
        Ok(())
    }

    fn check_references(&self, name: &str, environment: &BTreeMap<String, String>) -> anyhow::Result<()> {
        for (variable, value) in environment {
            let Some(other) = value.strip_prefix(SERVICE_REFERENCE) else { continue };
            ensure!(
                self.services.contains_key(other),
                "`{variable}` of service `{name}` names the service `{other}`, which the stack does not have"
            );
        }
        Ok(())
    }
}

/// Names become names of directories, images and AWS resources.
fn check_name(kind: &str, name: &str) -> anyhow::Result<()> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    ensure!(
        plain && (1..=32).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase()),
        "the {kind} name `{}` is not 1 to 32 of a-z, 0-9 and `-`, starting with a letter",
        name.escape_default()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use hint::ErrorReport;

    use super::*;

    const GOLDEN: &str = include_str!("../../../nix/rendered/stack.json");

    #[test]
    fn reads_all_that_infra_nix_says_and_writes_it_again() {
        let stack = Stack::parse(GOLDEN.as_bytes()).unwrap();
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        assert_eq!(serde_json::to_value(&stack).unwrap(), golden);
        assert_eq!(stack.roots().collect::<Vec<_>>(), ["foundation", "dev", "prod"]);
    }

    #[test]
    fn reads_and_writes_services_of_every_kind_of_image() {
        let text = include_str!("../../../nix/golden/stacks/images/stack.json");
        let stack = Stack::parse(text.as_bytes()).unwrap();
        let golden: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&stack).unwrap(), golden);
        let user = |name: &str| stack.services[name].user.as_deref();
        assert_eq!((user("static"), user("page"), user("proxy")), (Some("65532:65532"), Some("101:101"), None));
    }

    #[test]
    fn traffic_moves_for_as_long_as_its_strategy_takes() {
        let mut dev = Stack::parse(GOLDEN.as_bytes()).unwrap().environments.remove("dev").unwrap();
        dev.pace = Pace { bake_minutes: 5, step_percent: 30, step_minutes: 10 };
        for (strategy, minutes) in
            [(Strategy::Rolling, 0), (Strategy::BlueGreen, 5), (Strategy::Canary, 15), (Strategy::Linear, 35)]
        {
            dev.strategy = strategy;
            assert_eq!(dev.moving().as_secs(), 60 * minutes, "{strategy:?}");
        }
    }

    #[test]
    fn is_asked_from_outside_where_anybody_may_ask_and_the_address_is_known() {
        let mut dev = Stack::parse(GOLDEN.as_bytes()).unwrap().environments.remove("dev").unwrap();
        let url = Some("https://items.example.com".to_owned());
        for (open, cdn, url, can) in
            [(true, false, None, true), (true, true, None, false), (true, true, url, true), (false, false, None, false)]
        {
            (dev.open, dev.cdn, dev.url) = (open, cdn, url);
            assert_eq!(dev.can_be_asked(), can, "{dev:?}");
        }
    }

    #[test]
    fn reads_what_was_recorded_before_an_environment_said_more() {
        let mut old: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        old.as_object_mut().unwrap().remove("sources");
        for field in ["pace", "cdn", "open"] {
            let dev = old["environments"]["dev"].as_object_mut().unwrap();
            assert!(dev.remove(field).is_some(), "{field}");
        }
        let stack = Stack::parse(old.to_string().as_bytes()).unwrap();
        assert!(stack.environments["dev"].open && !stack.environments["dev"].cdn);
    }

    #[test]
    fn names_the_environments_there_are() {
        let stack = Stack::parse(GOLDEN.as_bytes()).unwrap();
        assert_eq!(stack.environment("dev").unwrap().cluster, "items-dev");
        let error = ErrorReport::of(&stack.environment("staging").unwrap_err()).to_string();
        let says = "environment `staging` does not exist\nhint: the environments in infra.nix are `dev`, `prod`";
        assert_eq!(error, says);
    }

    #[test]
    fn refuses_an_environment_that_does_not_fit() {
        for (from, to, says) in [
            ("\"dev\": {", "\"Dev\": {", "the environment name `Dev`"),
            ("\"dev\": {", "\"foundation\": {", "another root"),
            ("\"x86_64\"", "\"vax\"", "unknown variant `vax`"),
            ("\"rolling\"", "\"jumping\"", "unknown variant `jumping`"),
        ] {
            assert!(GOLDEN.contains(from), "{from}");
            let error = format!("{:#}", Stack::parse(GOLDEN.replacen(from, to, 1).as_bytes()).unwrap_err());
            assert!(error.contains(says), "{from}: {error}");
        }
    }
}
