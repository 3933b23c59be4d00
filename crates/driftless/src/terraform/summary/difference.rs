//! What differs in a resource, in words that hold no secret.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::definition;
use crate::terraform::plan::{Action, PlannedChange, says_the_same};

/// Longer values are named, not shown.
const SHORT: usize = 48;

/// Computed by AWS, or told by another difference.
const NOISE: [&str; 7] =
    ["arn", "arn_without_revision", "id", "revision", "tags_all", "container_definitions", "task_definition"];

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
        let unknown = change.after_unknown.get(name).is_some_and(|unknown| *unknown == Value::Bool(true));
        if unknown || says_the_same(old, new) {
            continue;
        }
        differences.push(match (short(old), short(new)) {
            (Some(old), Some(new)) if !change.is_sensitive(name) => format!("{name} {old} -> {new}"),
            _ => name.clone(),
        });
    }
    differences
}

fn short(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) if text.len() <= SHORT && !text.contains('\n') => Some(format!("`{text}`")),
        _ => None,
    }
}
