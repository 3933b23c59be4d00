//! What differs between two releases.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use model::text::harmless;
use oci::Digest;
use serde::Serialize;
use serde_json::Value;

use super::Record;

/// The way from one release to another.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// Number of the first.
    pub from: u32,
    /// Number of the second.
    pub to: u32,
    /// Images by service.
    pub images: BTreeMap<String, Values<Digest>>,
    /// Environment variables, `service/NAME`.
    pub variables: BTreeMap<String, Values<String>>,
    /// What else a service is told: tasks, cpu, memory and so on, `service/field`.
    pub services: BTreeMap<String, Values<Value>>,
    /// Secrets whose version differs, `service/NAME`.
    pub secrets: BTreeMap<String, Values<String>>,
    /// Resources of the root that come, go or change: `type.name`.
    pub infrastructure: BTreeMap<String, Resource>,
}

/// What became of a resource of the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// `new`, `gone` or `changed`.
    pub change: &'static str,
    /// Of one that changed, the arguments that differ.
    pub arguments: Vec<String>,
}

/// A value in both; none where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Values<T> {
    /// In the first.
    pub from: Option<T>,
    /// In the second.
    pub to: Option<T>,
}

impl Difference {
    /// Compares two releases and the configurations of their environment's root.
    pub fn between(from: &Record, to: &Record, configurations: (&Value, &Value)) -> Self {
        let images = |record: &Record| -> BTreeMap<String, Digest> {
            record.release.images.iter().map(|(name, image)| (name.clone(), image.digest)).collect()
        };
        let (mut variables, mut services) = (BTreeMap::new(), BTreeMap::new());
        for (key, values) in compare(&fields(from), &fields(to)) {
            match key.strip_prefix("environment:") {
                Some(name) => {
                    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
                    variables.insert(name.to_owned(), Values { from: text(values.from), to: text(values.to) });
                }
                None => drop(services.insert(key, values)),
            }
        }
        Self {
            from: from.number,
            to: to.number,
            images: compare(&images(from), &images(to)),
            variables,
            services,
            secrets: compare(&from.variables.secret_versions, &to.variables.secret_versions),
            infrastructure: infrastructure(configurations.0, configurations.1),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
            && self.variables.is_empty()
            && self.services.is_empty()
            && self.secrets.is_empty()
            && self.infrastructure.is_empty()
    }

    /// For people.
    pub fn text(&self) -> String {
        if self.is_empty() {
            return format!("releases {} and {} are the same\n", self.from, self.to);
        }
        let mut text = String::new();
        let short = |digest: &Option<Digest>| digest.map_or("none".into(), |digest| digest.short());
        let shown = |value: &Option<String>| value.as_deref().map_or("none".into(), |value| format!("`{value}`"));
        let json = |value: &Option<Value>| value.as_ref().map_or("none".into(), Value::to_string);
        let mut line = |kind: &str, name: &str, from: String, to: String| {
            let _ = writeln!(text, "{kind:15} {}", harmless(&format!("{name}: {from} -> {to}")));
        };
        self.images.iter().for_each(|(name, v)| line("image", name, short(&v.from), short(&v.to)));
        self.variables.iter().for_each(|(name, v)| line("environment", name, shown(&v.from), shown(&v.to)));
        self.services.iter().for_each(|(name, v)| line("service", name, json(&v.from), json(&v.to)));
        self.secrets.iter().for_each(|(name, v)| line("secret version", name, shown(&v.from), shown(&v.to)));
        for (name, Resource { change, arguments }) in &self.infrastructure {
            let named = if arguments.is_empty() { String::new() } else { format!(": {}", arguments.join(", ")) };
            let _ = writeln!(text, "{:15} {}", "infrastructure", harmless(&format!("{name}: {change}{named}")));
        }
        text
    }
}

fn compare<T: Clone + PartialEq>(from: &BTreeMap<String, T>, to: &BTreeMap<String, T>) -> BTreeMap<String, Values<T>> {
    let names: BTreeSet<_> = from.keys().chain(to.keys()).collect();
    let pairs =
        names.into_iter().map(|name| (name, Values { from: from.get(name).cloned(), to: to.get(name).cloned() }));
    pairs.filter(|(_, values)| values.from != values.to).map(|(name, values)| (name.clone(), values)).collect()
}

/// Every field of every service: `service/field`, and `environment:service/NAME`.
fn fields(record: &Record) -> BTreeMap<String, Value> {
    let stack = serde_json::to_value(&record.release.stack).unwrap_or_default();
    let mut fields = BTreeMap::new();
    let services = stack["environments"][&record.environment]["services"].as_object().cloned().unwrap_or_default();
    for (service, value) in services {
        for (field, value) in value.as_object().cloned().unwrap_or_default() {
            match value {
                Value::Object(variables) if field == "environment" => {
                    let named = |(name, value)| (format!("environment:{service}/{name}"), value);
                    fields.extend(variables.into_iter().map(named));
                }
                value => drop(fields.insert(format!("{service}/{field}"), value)),
            }
        }
    }
    let scaled = record.variables.tasks.iter();
    fields.extend(scaled.map(|(service, tasks)| (format!("{service}/tasks"), Value::from(*tasks))));
    fields
}

fn infrastructure(from: &Value, to: &Value) -> BTreeMap<String, Resource> {
    let resources = |configuration: &Value| -> BTreeMap<String, Value> {
        let types = configuration["resource"].as_object().cloned().unwrap_or_default();
        let named = |(kind, named): (String, Value)| {
            let named = named.as_object().cloned().unwrap_or_default();
            named.into_iter().map(move |(name, value)| (format!("{kind}.{name}"), value))
        };
        types.into_iter().flat_map(named).collect()
    };
    let resource = |values: &Values<Value>| match (&values.from, &values.to) {
        (Some(from), Some(to)) => {
            Resource { change: "changed", arguments: compare(&members(from), &members(to)).into_keys().collect() }
        }
        (None, _) => Resource { change: "new", arguments: Vec::new() },
        (_, None) => Resource { change: "gone", arguments: Vec::new() },
    };
    let differing = compare(&resources(from), &resources(to));
    differing.into_iter().map(|(name, values)| (name, resource(&values))).collect()
}

fn members(value: &Value) -> BTreeMap<String, Value> {
    value.as_object().cloned().unwrap_or_default().into_iter().collect()
}
