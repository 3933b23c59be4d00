//! What a root's `config.tf.json` asks for, as far as it is written down in it.

use std::{fs, path::Path};

use anyhow::Context;
use oci::Digest;
use serde_json::Value;

use super::lockfile::LOCK_FILE;

/// A root's configuration.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    document: Value,
    /// The versions of providers that the project has chosen, in the words of its lock file.
    pub lock: Option<String>,
}

/// A provider that a configuration needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// `hashicorp/aws`, or with a host before it.
    pub source: String,
    /// The versions that will do; empty for any.
    pub version: String,
}

impl Configuration {
    /// Reads what is in `directory`.
    pub fn read(directory: &Path) -> anyhow::Result<Self> {
        let path = directory.join("config.tf.json");
        let doing = || format!("reading `{}`", path.display());
        let document = serde_json::from_slice(&oci::read_document(&path)?).with_context(doing)?;
        Ok(Self { document, lock: fs::read_to_string(directory.join(LOCK_FILE)).ok() })
    }

    /// All of it.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What decides whether a directory has to be initialised again.
    pub(super) fn requirements(&self) -> Digest {
        let lock = self.lock.as_deref().unwrap_or_default();
        Digest::of(format!("{}{lock}", self.document["terraform"]).as_bytes())
    }

    /// The versions of OpenTofu or Terraform that will do, if it says.
    pub fn required_version(&self) -> Option<&str> {
        self.document["terraform"]["required_version"].as_str()
    }

    /// The providers that it needs.
    pub fn providers(&self) -> impl Iterator<Item = Requirement> {
        let needed = self.document["terraform"]["required_providers"].as_object().into_iter().flatten();
        needed.filter_map(|(_, provider)| {
            let version = provider["version"].as_str().unwrap_or_default().to_owned();
            Some(Requirement { source: provider["source"].as_str()?.to_owned(), version })
        })
    }

    /// The resources of a type in the root's own region, and how many each makes. One whose number Terraform has to work
    /// out counts as none.
    pub fn resources(&self, kind: &str) -> impl Iterator<Item = (&str, usize)> {
        let named = self.document["resource"][kind].as_object().into_iter().flatten();
        let here = named.filter(|(_, body)| body["provider"].is_null() && body["region"].is_null());
        here.map(|(name, body)| (name.as_str(), instances(body)))
    }

    /// Whether there is a resource of a type, wherever.
    pub fn has(&self, kind: &str) -> bool {
        self.document["resource"][kind].as_object().is_some_and(|named| !named.is_empty())
    }

    /// Whether there is this resource, wherever.
    pub fn declares(&self, kind: &str, name: &str) -> bool {
        !self.document["resource"][kind][name].is_null()
    }

    /// An argument of a resource; null if it has none.
    pub fn argument(&self, kind: &str, name: &str, argument: &str) -> &Value {
        &self.document["resource"][kind][name][argument]
    }
}

fn instances(body: &Value) -> usize {
    match (&body["count"], &body["for_each"]) {
        (Value::Null, Value::Null) => 1,
        (Value::Number(count), _) => count.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0),
        (_, Value::Object(each)) => each.len(),
        (_, Value::Array(each)) => each.len(),
        _ => 0,
    }
}

#[cfg(test)]
impl Configuration {
    pub(crate) fn parse(text: &str) -> Self {
        Self { document: serde_json::from_str(text).unwrap(), lock: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_that_a_root_needs_are_read() {
        let golden = Configuration::parse(include_str!("../../../../nix/rendered/prod/config.tf.json"));
        assert_eq!(golden.required_version(), Some(">= 1.10"));
        let providers: Vec<_> = golden.providers().collect();
        let aws = Requirement { source: "hashicorp/aws".into(), version: ">= 5.100, < 7".into() };
        assert_eq!(providers, [aws]);
        assert_eq!(golden.resources("aws_eip").map(|(_, number)| number).sum::<usize>(), 3);
        assert_eq!(golden.argument("aws_ecs_service", "backend", "deployment_maximum_percent"), 100);
    }

    #[test]
    fn resources_are_counted_as_far_as_their_number_is_written_down() {
        let text = r#"{"resource": {"aws_vpc": {
            "one": {}, "two": {"count": 2}, "three": {"for_each": {"a": 1, "b": 2, "c": 3}},
            "unknown": {"count": "${var.vpcs}"}, "elsewhere": {"provider": "aws.us_east_1"}
        }}}"#;
        let mut counted: Vec<_> =
            Configuration::parse(text).resources("aws_vpc").map(|(name, n)| (name.to_owned(), n)).collect();
        counted.sort();
        let expected = [("one", 1), ("three", 3), ("two", 2), ("unknown", 0)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(counted, expected);
    }
}
