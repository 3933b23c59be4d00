//! What somebody changed without us.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    plan::Plan,
    summary::{self, ResourceChange},
};

/// A resource that is not what the state says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Its address in the configuration.
    pub address: String,
    /// `update` or `delete`.
    pub action: String,
    /// What differs, in words. Never a secret.
    pub differences: Vec<String>,
}

impl Drift {
    /// `found` are the addresses that the program itself reports, which leaves out differences without a meaning; the
    /// plan has the details.
    pub(super) fn of(found: BTreeMap<String, String>, plan: &Plan) -> Vec<Self> {
        let details: Vec<ResourceChange> = plan.resource_drift.iter().map(summary::resource).collect();
        let differences = |address: &str| {
            let detail = details.iter().find(|detail| detail.address == address);
            detail.map(|detail| detail.differences.clone()).unwrap_or_default()
        };
        let drifts =
            found.into_iter().map(|(address, action)| Self { differences: differences(&address), address, action });
        drifts.filter(|drift| !drift.is_noise(&details)).collect()
    }

    /// AWS changes no registered task definition but for its tags: what is left then is the provider's own rewriting.
    fn is_noise(&self, details: &[ResourceChange]) -> bool {
        let definition =
            |detail: &&ResourceChange| detail.address == self.address && detail.kind == "aws_ecs_task_definition";
        self.action == "update" && self.differences.is_empty() && details.iter().any(|detail| definition(&detail))
    }
}
