//! A saved plan, as `show -json` describes it, reduced to what is read here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What would happen.
#[derive(Clone, Debug, Deserialize)]
pub struct Plan {
    /// Every resource of the configuration and the state.
    #[serde(default)]
    pub resource_changes: Vec<PlannedChange>,
    /// Resources that are not what the state says.
    #[serde(default)]
    pub resource_drift: Vec<PlannedChange>,
    /// Whether applying it would do anything.
    #[serde(default)]
    pub applyable: bool,
    /// What the root was told.
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
}

#[derive(Clone, Debug, Deserialize)]
struct Variable {
    #[serde(default)]
    value: Value,
}

/// One resource in a plan.
#[derive(Clone, Debug, Deserialize)]
pub struct PlannedChange {
    /// Its address in the configuration.
    pub address: String,
    /// `managed` or `data`.
    pub mode: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What would happen to it.
    pub change: Change,
}

/// Values before and after. They may be secret: [`Change::before_sensitive`] marks which.
#[derive(Clone, Debug, Deserialize)]
pub struct Change {
    actions: Vec<String>,
    /// The resource as it is; null if there is none.
    #[serde(default)]
    pub before: Value,
    /// As it would be; null if it would be gone.
    #[serde(default)]
    pub after: Value,
    /// Marks what becomes known when it is applied.
    #[serde(default)]
    pub after_unknown: Value,
    /// Marks what must not be shown.
    #[serde(default)]
    pub before_sensitive: Value,
    /// Marks what must not be shown.
    #[serde(default)]
    pub after_sensitive: Value,
    /// Paths of the attributes that force a replacement.
    #[serde(default)]
    pub replace_paths: Vec<Vec<Value>>,
    /// What it is imported from, if it is.
    #[serde(default)]
    importing: Option<Value>,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    #[serde(alias = "noop", alias = "read", alias = "forget")]
    None,
    /// It is made.
    Create,
    /// It is changed in place.
    #[serde(alias = "update")]
    Change,
    /// It is removed and made again.
    Replace,
    /// It is removed.
    #[serde(alias = "delete")]
    Destroy,
}

impl Change {
    /// What happens.
    pub fn action(&self) -> Action {
        match self.actions.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["create"] => Action::Create,
            ["update"] => Action::Change,
            ["delete"] => Action::Destroy,
            ["create", "delete"] | ["delete", "create"] => Action::Replace,
            _ => Action::None,
        }
    }

    /// Whether Terraform stops managing it, and leaves it as it is.
    pub fn is_forgotten(&self) -> bool {
        self.actions == ["forget"]
    }

    /// Whether it was there before Terraform knew of it.
    pub fn is_imported(&self) -> bool {
        self.importing.is_some()
    }

    /// The change as far as it is not one of these attributes.
    pub fn without(&self, attributes: &[&str]) -> Self {
        let mut change = self.clone();
        for value in [&mut change.before, &mut change.after] {
            if let Value::Object(fields) = value {
                fields.retain(|name, _| !attributes.contains(&name.as_str()));
            }
        }
        change
    }

    /// Whether before and after are the same but for different ways to say nothing, in which the provider is fickle.
    pub fn says_the_same(&self) -> bool {
        says_the_same(&self.before, &self.after)
    }

    /// Whether the attribute `name` becomes known when it is applied.
    pub fn is_unknown(&self, name: &str) -> bool {
        self.after_unknown.get(name).is_some_and(contains_true)
    }

    /// Whether the attribute `name` must not be shown.
    pub fn is_sensitive(&self, name: &str) -> bool {
        let marked = |marks: &Value| match marks {
            Value::Bool(all) => *all,
            marks => marks.get(name).is_some_and(contains_true),
        };
        marked(&self.before_sensitive) || marked(&self.after_sensitive)
    }
}

pub(super) fn contains_true(marks: &Value) -> bool {
    match marks {
        Value::Bool(marked) => *marked,
        Value::Array(items) => items.iter().any(contains_true),
        Value::Object(fields) => fields.values().any(contains_true),
        _ => false,
    }
}

impl Plan {
    /// The resources to which something happens.
    pub fn changes(&self) -> impl Iterator<Item = &PlannedChange> {
        let managed = self.resource_changes.iter().filter(|resource| resource.mode == "managed");
        managed.filter(|resource| resource.change.action() != Action::None)
    }

    /// The addresses of the resources that exist before it is applied, without the indices of their instances.
    pub fn existing(&self) -> BTreeSet<&str> {
        let managed = self.resource_changes.iter().filter(|resource| resource.mode == "managed");
        let existing = managed.filter(|resource| !resource.change.before.is_null());
        existing.map(|resource| resource.address.split('[').next().unwrap_or_default()).collect()
    }

    /// Whether the root was told between which numbers of tasks a schedule has `service` scaled.
    pub(super) fn heeds_schedule(&self, service: &str) -> bool {
        self.variables.get("ranges").is_some_and(|ranges| ranges.value.get(service).is_some())
    }

    /// The digest of the image that the root was told for `service`.
    pub fn image(&self, service: &str) -> Option<&str> {
        self.variables.get("images")?.value.get(service)?.as_str()
    }
}

/// The same, of values.
pub(super) fn says_the_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one
            .keys()
            .chain(other.keys())
            .all(|name| says_the_same(one.get(name).unwrap_or(&Value::Null), other.get(name).unwrap_or(&Value::Null))),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| says_the_same(one, other))
        }
        _ => one == other || (is_nothing(one) && is_nothing(other)),
    }
}

/// Null and what is empty are one to the provider, not to its documents.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
