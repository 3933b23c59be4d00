//! What changes in a task definition: images by digest, the rest by name.

use std::collections::{BTreeMap, BTreeSet};

use oci::Digest;
use serde::Serialize;
use serde_json::Value;

use crate::terraform::plan::{Plan, PlannedChange};

const KIND: &str = "aws_ecs_task_definition";
const DEFINITIONS: &str = "container_definitions";

/// A service's image, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageChange {
    /// The service.
    pub service: String,
    /// What it ran; none if it is new.
    pub from: Option<Digest>,
    /// What it would run; none if it goes.
    pub to: Option<Digest>,
}

/// The image that changes with a task definition of `plan`, if it does.
pub(super) fn image(plan: &Plan, planned: &PlannedChange) -> Option<ImageChange> {
    let (before, after) = containers(planned)?;
    // Where something else in it becomes known when it is applied, all of it does; the image is known.
    let is_unknown = planned.change.is_unknown(DEFINITIONS);
    let told = || planned.address.rsplit('.').next().filter(|_| is_unknown).map(str::to_owned);
    let service = after.keys().chain(before.keys()).next().cloned().or_else(told)?;
    let digest = |containers: &BTreeMap<String, Value>| digest(containers.get(&service)?);
    let (from, mut to) = (digest(&before), digest(&after));
    if is_unknown {
        to = plan.image(&service).and_then(|image| image.parse().ok());
    }
    (from != to).then_some(ImageChange { service, from, to })
}

/// What else differs in it: keys of the container definition, and the names (never the values) of variables.
pub(super) fn differences(planned: &PlannedChange) -> Vec<String> {
    let Some((before, after)) = containers(planned) else { return Vec::new() };
    let mut differences = Vec::new();
    for (name, new) in &after {
        let Some(old) = before.get(name) else { continue };
        let keys = old.as_object().into_iter().chain(new.as_object()).flat_map(serde_json::Map::keys);
        for key in keys.collect::<BTreeSet<_>>() {
            match key.as_str() {
                "image" if digest(old) != digest(new) => differences.push("image".to_owned()),
                "environment" => differences.extend(named(old, new, key, "value")),
                "secrets" => differences.extend(named(old, new, key, "valueFrom")),
                // AWS answers with what was left out, as nothing.
                _ if nothing_to_null(&old[key]) == nothing_to_null(&new[key]) => {}
                _ => differences.push(key.clone()),
            }
        }
    }
    differences
}

fn named(old: &Value, new: &Value, key: &str, value: &str) -> Option<String> {
    let pairs = |container: &Value| -> BTreeMap<String, String> {
        let list = container[key].as_array().cloned().unwrap_or_default();
        let pair = |item: &Value| Some((item["name"].as_str()?.to_owned(), item[value].as_str()?.to_owned()));
        list.iter().filter_map(pair).collect()
    };
    let (old, new) = (pairs(old), pairs(new));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).collect();
    let list: Vec<_> = names.into_iter().map(String::as_str).collect();
    (!list.is_empty()).then(|| format!("{key} {}", list.join(", ")))
}

fn nothing_to_null(value: &Value) -> &Value {
    match value {
        Value::Array(items) if items.is_empty() => &Value::Null,
        other => other,
    }
}

type Containers = BTreeMap<String, Value>;

fn containers(planned: &PlannedChange) -> Option<(Containers, Containers)> {
    let of = |value: &Value| -> Containers {
        let text = value[DEFINITIONS].as_str().unwrap_or("[]");
        let list: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
        let mut list: Vec<_> = list.into_iter().filter(|container| container["name"].is_string()).collect();
        // A task may have helpers; ours is the one that is named first.
        list.truncate(1);
        list.into_iter()
            .map(|container| (container["name"].as_str().unwrap_or_default().to_owned(), container))
            .collect()
    };
    (planned.kind == KIND).then(|| (of(&planned.change.before), of(&planned.change.after)))
}

fn digest(container: &Value) -> Option<Digest> {
    container["image"].as_str()?.rsplit_once('@')?.1.parse().ok()
}
