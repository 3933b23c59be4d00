//! A plan in the ten seconds that a person has for it: what is risky first, then the images, then the rest in numbers.

mod definition;
mod difference;
mod risk;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    drift::Drift,
    plan::{Action, Change, Plan},
};

pub use self::{
    definition::ImageChange,
    risk::{Risk, Threat},
};

/// Version of the JSON that a summary is printed as.
const SCHEMA: u32 = 1;

/// What a plan would do.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Version of this document, 1; it grows when a field changes its meaning or goes.
    pub schema: u32,
    /// The root that was planned.
    pub root: String,
    /// Resources made.
    pub create: usize,
    /// Resources changed in place.
    pub change: usize,
    /// Resources made again.
    pub replace: usize,
    /// Resources removed.
    pub destroy: usize,
    /// Images that change, by service.
    pub images: Vec<ImageChange>,
    /// Each resource to which something happens, the risky ones first.
    pub resources: Vec<ResourceChange>,
    /// Addresses of the resources that Terraform stops managing. They stay as they are.
    pub forget: Vec<String>,
    /// Addresses of the resources that are there already, and that Terraform manages from now on.
    pub import: Vec<String>,
    /// What somebody changed without a release, and the plan leaves as it is.
    pub drift: Vec<Drift>,
    /// What a month costs more (or less, below zero) afterwards, in US dollars, if that is known.
    pub monthly_cost_difference: Option<f64>,
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceChange {
    /// Its address in the configuration.
    pub address: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happens.
    pub action: Action,
    /// What is at stake.
    pub risk: Option<Risk>,
    /// What differs, in words: `desired_count 1 -> 2`. Never a secret.
    pub differences: Vec<String>,
}

impl Summary {
    /// Addresses of what this makes or changes, and `applied` did not touch. A run that goes on where another one ended has
    /// nothing to apply, and does not know what that was.
    pub fn beyond(&self, applied: &Self) -> Vec<&str> {
        let is_known = |address: &str| applied.resources.iter().any(|resource| resource.address == address);
        let adds = |resource: &&ResourceChange| resource.action != Action::Destroy && !is_known(&resource.address);
        let beyond = self.resources.iter().filter(adds).map(|resource| resource.address.as_str());
        if applied.resources.is_empty() { Vec::new() } else { beyond.collect() }
    }

    /// Summarises the plan of `root`.
    pub fn of(root: &str, plan: &Plan) -> Self {
        let mut resources: Vec<_> = plan.changes().map(resource).collect();
        // Stable: within a risk, the order of the plan, which is that of the addresses.
        resources.sort_by_key(|resource| {
            let risk = resource.risk.as_ref();
            risk.map_or((u8::MAX, 0), |risk| (risk.threat as u8, risk::rank(&resource.kind)))
        });
        let mut images: Vec<_> = plan.changes().filter_map(|planned| definition::image(plan, planned)).collect();
        images.sort_by(|a, b| a.service.cmp(&b.service));
        let addresses = |of: fn(&Change) -> bool| -> Vec<String> {
            let those = plan.resource_changes.iter().filter(|resource| of(&resource.change));
            those.map(|resource| resource.address.clone()).collect()
        };
        let count = |action| resources.iter().filter(|resource| resource.action == action).count();
        Self {
            schema: SCHEMA,
            root: root.to_owned(),
            create: count(Action::Create),
            change: count(Action::Change),
            replace: count(Action::Replace),
            destroy: count(Action::Destroy),
            images,
            resources,
            forget: addresses(Change::is_forgotten),
            import: addresses(Change::is_imported),
            drift: Vec::new(),
            monthly_cost_difference: None,
        }
    }

    /// The same where no release serves: what serves nothing has no downtime.
    pub fn of_nothing_that_serves(&mut self) {
        for resource in &mut self.resources {
            resource.risk.take_if(|risk| risk.threat == Threat::Downtime);
        }
    }

    /// Whether nothing would happen.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.forget.is_empty() && self.import.is_empty()
    }

    /// The resources whose contents would be lost.
    pub fn data_loss(&self) -> impl Iterator<Item = &ResourceChange> {
        let loses =
            |resource: &&ResourceChange| resource.risk.as_ref().is_some_and(|risk| risk.threat == Threat::DataLoss);
        self.resources.iter().filter(loses)
    }

    /// The summary for people.
    pub fn text(&self) -> String {
        text::of(self)
    }

    /// How many resources of each type meet `action`, without the risky ones.
    fn by_type(&self, action: Action) -> BTreeMap<&str, Vec<&ResourceChange>> {
        let mut types: BTreeMap<&str, Vec<&ResourceChange>> = BTreeMap::new();
        for resource in self.resources.iter().filter(|one| one.action == action && one.risk.is_none()) {
            types.entry(&resource.kind).or_default().push(resource);
        }
        types
    }
}

pub(super) fn resource(planned: &super::plan::PlannedChange) -> ResourceChange {
    ResourceChange {
        address: planned.address.clone(),
        kind: planned.kind.clone(),
        action: planned.change.action(),
        risk: risk::of(planned),
        differences: difference::of(planned),
    }
}

#[cfg(test)]
mod tests;
