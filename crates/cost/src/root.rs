//! A Terraform root as the estimator reads it: resources and their literal arguments.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, ensure};
use serde_json::{Map, Value};

/// A parsed `config.tf.json`.
#[derive(Clone, Debug)]
pub struct Root(Value);

/// One resource of a root.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resource<'a> {
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    pub(super) body: &'a Value,
}

impl Root {
    /// Reads the `config.tf.json` at `path`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(&text).with_context(|| format!("reading `{}`", path.display()))
    }

    /// Parses the bytes of a `config.tf.json`.
    pub fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_slice(text)?;
        ensure!(value.is_object(), "a Terraform root in JSON is an object, this is not");
        Ok(Self(value))
    }

    /// With these numbers of tasks, where it leaves them to the variable `tasks`.
    #[must_use]
    pub fn with_tasks(mut self, tasks: &BTreeMap<String, u32>) -> Self {
        for (service, count) in tasks {
            replace(&mut self.0, &format!("${{lookup(var.tasks, \"{service}\","), *count);
        }
        self
    }

    /// Those of its resources that `keep` wants, by their addresses.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Self {
        let kinds = self.0.get_mut("resource").and_then(Value::as_object_mut).into_iter().flatten();
        for (kind, named) in kinds {
            let named = named.as_object_mut().into_iter();
            named.for_each(|named| named.retain(|name, _| keep(&format!("{kind}.{name}"))));
        }
        self
    }

    /// The region of the provider, where it is written down.
    pub fn region(&self) -> Option<&str> {
        blocks(self.0.get("provider")?, "aws").find_map(|provider| text(provider, "region"))
    }

    /// All resources, in the order of type and name.
    pub(super) fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let kinds = self.0.get("resource").and_then(Value::as_object).into_iter().flatten();
        kinds.flat_map(|(kind, named)| {
            let named = named.as_object().into_iter().flat_map(Map::iter);
            named.map(move |(name, body)| Resource { kind, name, body })
        })
    }

    /// The resources of one type.
    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = Resource<'_>> {
        self.resources().filter(move |resource| resource.kind == kind)
    }
}

/// Puts `count` in the place of every text in `value` that begins like `expression`.
fn replace(value: &mut Value, expression: &str, count: u32) {
    match value {
        Value::String(text) if text.starts_with(expression) => *value = count.into(),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, expression, count)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, expression, count)),
        _ => {}
    }
}

impl Resource<'_> {
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }

    /// True where `value` is text that refers to this resource: `${aws_lb.main.arn}`.
    pub(super) fn is_meant_by(&self, value: Option<&Value>) -> bool {
        let address = self.address();
        value.and_then(Value::as_str).is_some_and(|text| {
            text.match_indices(&address).any(|(at, _)| {
                let next = text[at + address.len()..].chars().next();
                !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
            })
        })
    }

    /// How many of it `count` and `for_each` make, where that is written down.
    pub(super) fn instances(&self) -> f64 {
        let each = match self.body.get("for_each") {
            Some(Value::Object(each)) => Some(each.len()),
            Some(Value::Array(each)) => Some(each.len()),
            _ => None,
        };
        each.map(length).or_else(|| number(self.body, "count")).unwrap_or(1.0)
    }
}

/// The blocks called `name`: Terraform takes one as an object and several as an array.
pub(super) fn blocks<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let (one, many) = match body.get(name) {
        Some(Value::Array(many)) => (None, many.as_slice()),
        Some(one @ Value::Object(_)) => (Some(one), [].as_slice()),
        _ => (None, [].as_slice()),
    };
    one.into_iter().chain(many)
}

/// A literal number, which Terraform also takes as text.
pub(super) fn number(body: &Value, name: &str) -> Option<f64> {
    match body.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A text that is no reference.
pub(super) fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name)?.as_str().filter(|text| !text.contains("${"))
}

pub(super) fn is_true(body: &Value, name: &str) -> bool {
    body.get(name).is_some_and(|value| value == true || value == "true")
}

/// The number of entries in a list argument.
pub(super) fn entries(body: &Value, name: &str) -> f64 {
    body.get(name).and_then(Value::as_array).map_or(0.0, |list| length(list.len()))
}

fn length(entries: usize) -> f64 {
    u32::try_from(entries).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_the_resources_are_a_root() {
        let text = br#"{ "resource": { "aws_lb": { "a": {}, "b": {} }, "aws_vpc": { "a": {} } } }"#;
        let root = Root::parse(text).unwrap().only(|address| address != "aws_lb.b");
        let left: Vec<_> = root.resources().map(|resource| resource.address()).collect();
        assert_eq!(left, ["aws_lb.a", "aws_vpc.a"]);
    }

    #[test]
    fn numbers_of_tasks_take_the_place_of_the_variable() {
        let text = br#"{ "resource": { "aws_ecs_service": {
            "a": { "desired_count": "${lookup(var.tasks, \"a\", 2)}" },
            "ab": { "desired_count": "${lookup(var.tasks, \"ab\", 2)}" } } } }"#;
        let root = Root::parse(text).unwrap().with_tasks(&BTreeMap::from([("a".to_owned(), 5)]));
        let counts: Vec<_> = root.resources().map(|service| service.body["desired_count"].to_string()).collect();
        assert_eq!(counts, ["5", r#""${lookup(var.tasks, \"ab\", 2)}""#]);
    }
}
