//! What a change of a root costs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    estimate::{Estimate, estimate},
    prices::Prices,
    root::Root,
    usage::Usage,
};

/// What a root costs before and after a change, in US dollars a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Before: zero where there was no root.
    pub before: f64,
    /// After it.
    pub after: f64,
    /// The resources that cost more or less, by address.
    pub changes: Vec<Change>,
}

/// A resource that costs more or less than before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Its address in Terraform.
    pub resource: String,
    /// US dollars a month before; zero if it is new.
    pub before: f64,
    /// US dollars a month after; zero if it goes away.
    pub after: f64,
}

impl Difference {
    /// US dollars a month more, or less if negative.
    pub fn monthly(&self) -> f64 {
        self.after - self.before
    }
}

/// What the step from one root to another costs; `None` is a root that is not there.
pub fn difference(before: Option<&Root>, after: Option<&Root>, prices: &Prices, usage: &Usage) -> Difference {
    let of = |root: Option<&Root>| root.map(|root| estimate(root, prices, usage)).unwrap_or_default();
    between(&of(before), &of(after))
}

/// Less than this is what is left of adding and subtracting.
const NOTHING: f64 = 0.000_001;

fn between(before: &Estimate, after: &Estimate) -> Difference {
    let mut resources: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for line in &before.lines {
        resources.entry(&line.resource).or_default().0 += line.monthly;
    }
    for line in &after.lines {
        resources.entry(&line.resource).or_default().1 += line.monthly;
    }
    let moved = resources.into_iter().filter(|(_, (before, after))| (after - before).abs() > NOTHING);
    let changes = moved.map(|(resource, (before, after))| Change { resource: resource.to_owned(), before, after });
    Difference { before: before.monthly(), after: after.monthly(), changes: changes.collect() }
}
