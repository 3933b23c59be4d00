//! What somebody changed without us.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::{
    configuration::Configuration,
    plan::{Action, Change, Plan, PlannedChange, says_the_same},
    summary,
};

/// Attributes that are told of even where the configuration leaves them open: they say who may come in.
const TELLING: [(&str, &str); 2] = [("aws_security_group", "ingress"), ("aws_default_security_group", "ingress")];

/// What schedules set.
const SCHEDULED: [(&str, &str); 2] =
    [("aws_appautoscaling_target", "min_capacity"), ("aws_appautoscaling_target", "max_capacity")];

/// A resource that is not what the state says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Its address in the configuration.
    pub address: String,
    /// `update` or `delete`.
    pub action: String,
    /// What differs, in words. Never a secret.
    pub differences: Vec<String>,
    /// Whether a plan undoes all of it.
    pub undone: bool,
}

impl Drift {
    /// In a line.
    pub fn words(&self) -> String {
        let what = match self.action.as_str() {
            "delete" => "gone".to_owned(),
            _ if self.differences.is_empty() => "changed".to_owned(),
            _ => self.differences.join(", "),
        };
        let left = if self.undone { "" } else { "  (no plan undoes it)" };
        format!("{}: {what}{left}", self.address)
    }

    /// What `plan`, an ordinary plan of `configuration`, found to be otherwise than the state says. No drift are
    ///
    /// - what the configuration leaves to others, such as the number of tasks to autoscaling;
    /// - the range of a service's number of tasks that a schedule has set, and the root was told of;
    /// - what it does not set and the plan leaves: the provider's schema says that AWS computes it, as it does the moment up
    ///   to which a database can be restored.
    pub(super) fn of(plan: &Plan, configuration: &Configuration) -> Vec<Self> {
        let managed = plan.resource_drift.iter().filter(|drifted| drifted.mode == "managed");
        managed.filter_map(|drifted| Self::one(drifted, plan, configuration)).collect()
    }

    fn one(drifted: &PlannedChange, plan: &Plan, configuration: &Configuration) -> Option<Self> {
        let address = drifted.address.clone();
        let planned = plan.resource_changes.iter().find(|planned| planned.address == address);
        let way_back = planned.map(|planned| &planned.change);
        if drifted.change.action() == Action::Destroy {
            let undone = way_back.is_some_and(|change| change.action() != Action::None);
            return Some(Self { address, action: "delete".to_owned(), differences: Vec::new(), undone });
        }
        let (kind, name) = split(&address);
        let ignored = left_to_others(configuration, kind, name);
        let is_of_schedule = |attribute: &str| SCHEDULED.contains(&(kind, attribute)) && plan.heeds_schedule(name);
        let is_set = |attribute: &str| !configuration.argument(kind, name, attribute).is_null();
        let is_undone = |attribute: &str| way_back.is_some_and(|change| undoes(change, attribute, is_set(attribute)));
        let differing: Vec<&str> = attributes(&drifted.change).collect();
        let (told, left): (Vec<&str>, Vec<&str>) = differing.into_iter().partition(|attribute| {
            let telling = TELLING.contains(&(kind, attribute)) || is_set(attribute) || is_undone(attribute);
            telling && !ignored.contains(attribute) && !is_of_schedule(attribute)
        });
        let change = drifted.change.without(&left);
        if change.action() != Action::Change || change.says_the_same() {
            return None;
        }
        let undone = told.iter().all(|attribute| is_undone(attribute));
        let detail = summary::resource(&PlannedChange { change, ..drifted.clone() });
        // AWS changes no registered task definition but for its tags: what is left then is the provider's own rewriting.
        if detail.differences.is_empty() && detail.kind == "aws_ecs_task_definition" {
            return None;
        }
        Some(Self { address, action: "update".to_owned(), differences: detail.differences, undone })
    }
}

/// Type and name of a resource in the root module.
fn split(address: &str) -> (&str, &str) {
    let (kind, name) = address.split_once('.').unwrap_or((address, ""));
    (kind, name.split('[').next().unwrap_or(name))
}

/// The attributes that differ.
fn attributes(change: &Change) -> impl Iterator<Item = &str> {
    let fields = [&change.before, &change.after].into_iter().filter_map(Value::as_object).flatten();
    let names: BTreeSet<&str> = fields.map(|(name, _)| name.as_str()).collect();
    names.into_iter().filter(|name| !says_the_same(&change.before[*name], &change.after[*name]))
}

/// Whether `change` gives the attribute another value than it was found with. One that becomes known later counts where the
/// configuration sets it.
fn undoes(change: &Change, attribute: &str, is_set: bool) -> bool {
    match change.action() {
        Action::None => false,
        Action::Create | Action::Replace | Action::Destroy => true,
        Action::Change if change.is_unknown(attribute) => is_set,
        Action::Change => !says_the_same(&change.before[attribute], &change.after[attribute]),
    }
}

/// The attributes of the resource that Terraform is told not to look at.
fn left_to_others<'a>(configuration: &'a Configuration, kind: &str, name: &str) -> Vec<&'a str> {
    let ignored = configuration.argument(kind, name, "lifecycle")["ignore_changes"].as_array();
    ignored.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a plan tells of `aws_thing.one`, which the state has as `state`, AWS as `found`, and the plan would make `planned`.
    fn drifts(state: &Value, found: &Value, planned: &Value) -> Vec<Drift> {
        kind_drifts("aws_thing", state, found, planned)
    }

    fn kind_drifts(kind: &str, state: &Value, found: &Value, planned: &Value) -> Vec<Drift> {
        let resource = |actions: &[&str], before: &Value, after: &Value| {
            let change = json!({ "actions": actions, "before": before, "after": after });
            json!({ "address": format!("{kind}.one"), "mode": "managed", "type": kind, "change": change })
        };
        let actions = if found == planned { ["no-op"] } else { ["update"] };
        let drifted = if found.is_null() { ["delete"] } else { ["update"] };
        let plan = json!({
            "resource_drift": [resource(&drifted, state, found)],
            "resource_changes": [resource(&if found.is_null() { ["create"] } else { actions }, found, planned)],
        });
        let configuration = Configuration::parse(
            r#"{ "resource": { "aws_thing": { "one": {
                "name": "a", "network": {}, "on": true, "size": 1, "count": 1, "lifecycle": { "ignore_changes": ["count"] }
            } } } }"#,
        );
        Drift::of(&serde_json::from_value(plan).unwrap(), &configuration)
    }

    /// The same where the plan goes back to the state.
    fn undone(state: &Value, found: &Value) -> Vec<Drift> {
        drifts(state, found, state)
    }

    #[test]
    fn what_the_provider_says_in_another_way_is_no_drift() {
        let before = json!({ "name": "a", "tags": null, "network": [{ "subnets": ["s"], "groups": null }] });
        assert_eq!(
            undone(&before, &json!({ "name": "a", "tags": {}, "network": [{ "subnets": ["s"], "groups": [] }] })),
            []
        );
        let found =
            undone(&before, &json!({ "name": "a", "tags": {}, "network": [{ "subnets": ["s"], "groups": ["g"] }] }));
        assert_eq!(found[0].words(), "aws_thing.one: network.groups + `g`");
        let found = undone(&before, &json!({ "name": "b", "tags": {}, "network": [{ "subnets": ["s"] }] }));
        assert_eq!(found[0].words(), "aws_thing.one: name `a` -> `b`");
        assert_eq!(undone(&json!({ "on": null }), &json!({ "on": false })).len(), 1);
    }

    #[test]
    fn what_is_left_to_others_is_no_drift() {
        let (state, found) = (json!({ "count": 1, "name": "a" }), json!({ "count": 3, "name": "a" }));
        assert_eq!(drifts(&state, &found, &found), []);
        let found = undone(&json!({ "count": 1, "name": "a" }), &json!({ "count": 3, "name": "b" }));
        assert_eq!(found[0].differences, ["name `a` -> `b`"]);
    }

    #[test]
    fn what_aws_computes_is_no_drift() {
        let (state, found) =
            (json!({ "name": "a", "restorable": "8:12" }), json!({ "name": "a", "restorable": "8:17" }));
        assert_eq!(drifts(&state, &found, &found), []);
        // Beside something that is.
        let found = json!({ "name": "b", "restorable": "8:17" });
        let told = drifts(&state, &found, &json!({ "name": "a", "restorable": "8:17" }));
        assert_eq!(told[0].words(), "aws_thing.one: name `a` -> `b`");
    }

    #[test]
    fn what_a_schedule_has_set_is_no_drift_where_the_root_was_told_of_it() {
        let change = |after: &Value| json!({ "actions": ["update"], "before": { "min_capacity": 2 }, "after": after });
        let resource = |change: Value| {
            let kind = "aws_appautoscaling_target";
            json!({ "address": format!("{kind}.web"), "mode": "managed", "type": kind, "change": change })
        };
        let found = json!({ "min_capacity": 0 });
        let text = r#"{ "resource": { "aws_appautoscaling_target": { "web": { "min_capacity": "…" } } } }"#;
        for (told, drifts) in [("web", 0), ("api", 1)] {
            let plan = json!({
                "resource_drift": [resource(change(&found))],
                "resource_changes": [resource(json!({ "actions": ["no-op"], "before": found, "after": found }))],
                "variables": { "ranges": { "value": { told: { "min": 0, "max": 0 } } } },
            });
            let plan = serde_json::from_value(plan).unwrap();
            assert_eq!(Drift::of(&plan, &Configuration::parse(text)).len(), drifts, "{told}");
        }
    }

    #[test]
    fn what_is_not_set_is_drift_where_a_plan_undoes_it() {
        let (state, found) = (json!({ "tags": null }), json!({ "tags": { "owner": "somebody" } }));
        assert_eq!(undone(&state, &found)[0].words(), "aws_thing.one: tags.owner none -> `somebody`");
    }

    #[test]
    fn what_is_set_and_no_plan_undoes_is_said_to_be_so() {
        let (state, found) = (json!({ "size": 1 }), json!({ "size": 2 }));
        let told = drifts(&state, &found, &found);
        assert_eq!(told[0].words(), "aws_thing.one: size 1 -> 2  (no plan undoes it)");
        let gone = undone(&state, &Value::Null);
        assert_eq!((gone[0].words().as_str(), gone[0].undone), ("aws_thing.one: gone", true));
    }

    #[test]
    fn a_way_in_is_told_even_where_the_configuration_leaves_it_open() {
        let rule = |from: u16, to: u16, cidr: &str, says: &str| {
            json!({ "cidr_blocks": [cidr], "from_port": from, "to_port": to, "protocol": "tcp", "description": says,
                    "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": false })
        };
        let (visitors, ssh) = (rule(80, 80, "0.0.0.0/0", "Visitors"), rule(22, 22, "0.0.0.0/0", ""));
        let state = json!({ "ingress": [visitors] });
        let found = json!({ "ingress": [ssh, visitors] });
        let told = kind_drifts("aws_security_group", &state, &found, &found);
        assert_eq!(told[0].words(), "aws_security_group.one: ingress + 22 from 0.0.0.0/0  (no plan undoes it)");
        // One taken, and another added.
        let found = json!({ "ingress": [rule(8000, 8010, "10.0.0.0/8", "")] });
        let told = kind_drifts("aws_security_group", &state, &found, &state);
        assert_eq!(
            told[0].words(),
            "aws_security_group.one: ingress - 80 from 0.0.0.0/0, ingress + 8000-8010 from 10.0.0.0/8"
        );
    }
}
