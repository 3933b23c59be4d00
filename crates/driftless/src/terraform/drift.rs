//! What somebody changed without us.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    plan::{Plan, PlannedChange},
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
    /// In a line.
    pub fn words(&self) -> String {
        let what = match self.action.as_str() {
            "delete" => "gone".to_owned(),
            _ if self.differences.is_empty() => "changed".to_owned(),
            _ => self.differences.join(", "),
        };
        format!("{}: {what}", self.address)
    }

    /// `found` are the addresses that the program itself reports, which leaves out differences without a meaning; the
    /// plan has the details. What the `configuration` leaves to others, such as the number of tasks to autoscaling, is no
    /// drift.
    pub(super) fn of(found: BTreeMap<String, String>, plan: &Plan, configuration: &Value) -> Vec<Self> {
        let planned: Vec<PlannedChange> = plan
            .resource_drift
            .iter()
            .map(|planned| {
                let change = planned.change.without(&left_to_others(configuration, &planned.address));
                PlannedChange { change, ..planned.clone() }
            })
            .collect();
        let details: Vec<ResourceChange> = planned.iter().map(summary::resource).collect();
        let differences = |address: &str| {
            let detail = details.iter().find(|detail| detail.address == address);
            detail.map(|detail| detail.differences.clone()).unwrap_or_default()
        };
        let noise = |address: &String| {
            planned.iter().any(|planned| planned.address == *address && planned.change.says_the_same())
        };
        let meant = found.into_iter().filter(|(address, action)| action != "update" || !noise(address));
        let drifts = meant.map(|(address, action)| Self { differences: differences(&address), address, action });
        drifts.filter(|drift| !drift.is_noise(&details)).collect()
    }

    /// AWS changes no registered task definition but for its tags: what is left then is the provider's own rewriting.
    fn is_noise(&self, details: &[ResourceChange]) -> bool {
        let definition =
            |detail: &&ResourceChange| detail.address == self.address && detail.kind == "aws_ecs_task_definition";
        self.action == "update" && self.differences.is_empty() && details.iter().any(|detail| definition(&detail))
    }
}

/// The attributes of the resource that Terraform is told not to look at.
fn left_to_others<'a>(configuration: &'a Value, address: &str) -> Vec<&'a str> {
    let Some((kind, name)) = address.split_once('.') else { return Vec::new() };
    let ignored = configuration["resource"][kind][name]["lifecycle"]["ignore_changes"].as_array();
    ignored.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drifts(before: &Value, after: &Value) -> Vec<Drift> {
        let change = json!({ "actions": ["update"], "before": before, "after": after });
        let drift = json!({ "address": "aws_thing.one", "mode": "managed", "type": "aws_thing", "change": change });
        let plan = serde_json::from_value(json!({ "resource_drift": [drift] })).unwrap();
        let configuration =
            json!({ "resource": { "aws_thing": { "one": { "lifecycle": { "ignore_changes": ["count"] } } } } });
        Drift::of(BTreeMap::from([("aws_thing.one".to_owned(), "update".to_owned())]), &plan, &configuration)
    }

    #[test]
    fn what_the_provider_says_in_another_way_is_no_drift() {
        let before = json!({ "name": "a", "tags": null, "network": [{ "subnets": ["s"], "groups": null }] });
        assert_eq!(
            drifts(&before, &json!({ "name": "a", "tags": {}, "network": [{ "subnets": ["s"], "groups": [] }] })),
            []
        );
        let found =
            drifts(&before, &json!({ "name": "a", "tags": {}, "network": [{ "subnets": ["s"], "groups": ["g"] }] }));
        assert_eq!(found[0].words(), "aws_thing.one: network.groups + `g`");
        let found = drifts(&before, &json!({ "name": "b", "tags": {}, "network": [{ "subnets": ["s"] }] }));
        assert_eq!(found[0].words(), "aws_thing.one: name `a` -> `b`");
        assert_eq!(drifts(&json!({ "on": null }), &json!({ "on": false })).len(), 1);
    }

    #[test]
    fn what_is_left_to_others_is_no_drift() {
        assert_eq!(drifts(&json!({ "count": 1, "name": "a" }), &json!({ "count": 3, "name": "a" })), []);
        let found = drifts(&json!({ "count": 1, "name": "a" }), &json!({ "count": 3, "name": "b" }));
        assert_eq!(found[0].differences, ["name `a` -> `b`"]);
    }
}
