//! What the estimators of resources share: what they read, and the priced parts that they return.

use serde_json::Value;

use super::{
    prices::Prices,
    root::{Resource, Root},
    usage::Usage,
};

/// What an estimator reads.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) root: &'a Root,
    pub(super) prices: &'a Prices,
    pub(super) usage: &'a Usage,
}

/// One priced part of a resource.
pub(super) struct Part {
    pub(super) what: String,
    pub(super) monthly: f64,
    pub(super) at_most: f64,
    pub(super) certain: bool,
}

/// The parts of a resource; `Err` names what has no price.
pub(super) type Parts = Result<Vec<Part>, String>;

impl Context<'_> {
    /// The share of `total` that falls on one instance of `resource`, if all of its type have the same.
    pub(super) fn share(self, resource: Resource<'_>, total: f64) -> f64 {
        let same = self.root.resources().filter(|other| other.kind == resource.kind);
        total / same.map(|other| other.instances()).sum::<f64>()
    }
}

impl Part {
    pub(super) fn new(what: impl Into<String>, monthly: f64) -> Self {
        Self { what: what.into(), monthly, at_most: monthly, certain: true }
    }

    pub(super) fn up_to(self, at_most: f64) -> Self {
        Self { at_most, ..self }
    }

    pub(super) fn certain(self, certain: bool) -> Self {
        Self { certain, ..self }
    }
}

/// A count for people: `2 addresses`, `1 address`, `0.5 …`.
pub(super) fn counted(number: f64, one: &str, many: &str) -> String {
    if (number - 1.0).abs() < f64::EPSILON { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The value of a setting in a list of `{ "name": …, "value": … }`.
pub(super) fn setting<'a>(mut settings: impl Iterator<Item = &'a Value>, name: &str) -> Option<&'a str> {
    settings.find(|setting| setting["name"] == name)?["value"].as_str()
}
