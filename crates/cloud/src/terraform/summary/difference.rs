//! What differs in a resource, in words that hold no secret.

mod rules;
mod value;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::definition;
use crate::terraform::plan::{Action, PlannedChange, contains_true, says_the_same};

/// Computed by AWS, or told by another difference.
const NOISE: [&str; 6] = ["arn", "arn_without_revision", "id", "revision", "tags_all", "container_definitions"];

/// The attributes that change: with their values if those are short, known and not sensitive.
pub(super) fn of(planned: &PlannedChange) -> Vec<String> {
    let change = &planned.change;
    if !matches!(change.action(), Action::Change | Action::Replace) {
        return Vec::new();
    }
    let empty = Map::new();
    let (before, after) = (change.before.as_object().unwrap_or(&empty), change.after.as_object().unwrap_or(&empty));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut differences: Vec<_> = definition::differences(planned);
    for name in names.into_iter().filter(|name| !NOISE.contains(&name.as_str())) {
        let (old, new) = (before.get(name).unwrap_or(&Value::Null), after.get(name).unwrap_or(&Value::Null));
        let unknown = change.after_unknown.get(name).unwrap_or(&Value::Null);
        if *unknown == Value::Bool(true) || says_the_same(old, new) {
            continue;
        }
        if change.is_sensitive(name) || contains_true(unknown) {
            differences.push(name.clone());
        } else if !rules::compare(&planned.kind, name, old, new, &mut differences) {
            value::compare(name, old, new, &mut differences);
        }
    }
    differences
}
