//! Where the images of a project go: a registry that was named, or that of the project's AWS account.

use std::collections::BTreeMap;

use anyhow::Context;
use hint::Hint;
use model::stack::{Foundation, Stack};
use registry::{Endpoint, Events, Reference, Registry, signing::Signer};

use crate::command::{aws, transfer::Access};

/// A registry, and the repositories of services in it.
pub(super) struct Destination {
    pub(super) registry: Registry,
    /// What signs images there, if something does.
    pub(super) signer: Option<Box<dyn Signer>>,
    /// By service.
    repositories: BTreeMap<String, String>,
}

impl Destination {
    /// The registry `HOST[/PREFIX]`, or without one the account's.
    pub(super) async fn of(
        named: Option<&str>,
        stack: &Stack,
        access: &Access,
        events: Events,
    ) -> anyhow::Result<Self> {
        let Some(named) = named else { return Self::account(stack, access, events).await };
        let (host, prefix) = split(named);
        let registry = access.registry(Endpoint::parse(host)?, events)?;
        let repository = |service: &String| {
            let reference: Reference = format!("{}/{prefix}{service}", registry.endpoint()).parse()?;
            Ok((service.clone(), reference.repository))
        };
        let repositories = stack.services.keys().map(repository).collect::<anyhow::Result<_>>()?;
        Ok(Self { registry, signer: None, repositories })
    }

    async fn account(stack: &Stack, access: &Access, events: Events) -> anyhow::Result<Self> {
        let foundation = foundation(stack)?;
        let (endpoint, login, signer) = aws::registry(stack).await?;
        let registry = access.registry_as(endpoint, login, events)?;
        Ok(Self { registry, signer, repositories: foundation.repositories.clone() })
    }

    /// The repository of `service`.
    pub(super) fn repository(&self, service: &str) -> anyhow::Result<String> {
        let name = self.repositories.get(service).cloned();
        name.with_context(|| format!("service `{service}` has no repository in the stack's foundation"))
    }
}

fn foundation(stack: &Stack) -> anyhow::Result<&Foundation> {
    let none = "the stack has no foundation on AWS to push to";
    stack.foundation.as_ref().context(none).hint("`--registry HOST[/PREFIX]` names another registry")
}

/// `http://host:1/a/b` as `http://host:1` and `a/b/`.
fn split(named: &str) -> (&str, String) {
    let named = named.trim_end_matches('/');
    let start = named.find("://").map_or(0, |at| at + 3);
    match named[start..].find('/') {
        Some(at) => (&named[..start + at], format!("{}/", &named[start + at + 1..])),
        None => (named, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_and_what_names_begin_with_are_told_apart() {
        assert_eq!(split("localhost:5000"), ("localhost:5000", String::new()));
        assert_eq!(split("registry.example.com/a/b/"), ("registry.example.com", "a/b/".to_owned()));
        assert_eq!(split("http://registry.example.com/a"), ("http://registry.example.com", "a/".to_owned()));
    }
}
