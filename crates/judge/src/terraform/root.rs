//! Resources by their addresses, and what their attributes refer to.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::template::{Piece, pieces, reference};
use crate::hole;

/// A root: resources as they are written, with their references.
#[derive(Debug, Default)]
pub(super) struct Root {
    pub(super) region: String,
    /// The account's number, or the hole that stands for it.
    pub(super) account: String,
    /// By address; data sources begin with `data.`.
    pub(super) resources: BTreeMap<String, Map<String, Value>>,
    pub(super) locals: Map<String, Value>,
    pub(super) variables: Map<String, Value>,
    /// Addresses by the ids that things have already.
    pub(super) aliases: BTreeMap<String, String>,
    pub(super) unknown: Vec<String>,
}

/// The one field of an object that stands for a reference of which the rest of the text is not known.
pub(super) const REFERENCE: &str = "⟦reference⟧";

/// References may go around in a circle in a broken root.
const DEPTH: u8 = 16;

impl Root {
    /// All resources of a type: address and attributes.
    pub(super) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, Attributes<'a>)> {
        self.resources.iter().filter_map(move |(address, values)| {
            let own = address.split('.').next() == Some(kind);
            own.then_some((address.as_str(), Attributes { root: self, values }))
        })
    }

    pub(super) fn get(&self, address: &str) -> Option<Attributes<'_>> {
        let values = self.resources.get(address)?;
        Some(Attributes { root: self, values })
    }

    /// A string with its expressions replaced by their values, or by holes.
    pub(super) fn text(&self, text: &str) -> String {
        self.text_within(text, DEPTH)
    }

    fn text_within(&self, text: &str, depth: u8) -> String {
        pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Expression(expression) => self.value(expression, depth),
            })
            .collect()
    }

    fn value(&self, expression: &str, depth: u8) -> String {
        let unknown = || unknown(expression);
        if depth == 0 {
            return unknown();
        }
        let scalar = |value: &Value| match value {
            Value::String(text) => Some(self.text_within(text, depth - 1)),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };
        if let Some(name) = expression.strip_prefix("local.") {
            return self.locals.get(name).and_then(scalar).unwrap_or_else(unknown);
        }
        if let Some(name) = expression.strip_prefix("var.") {
            let default = self.variables.get(name).and_then(|variable| variable.get("default"));
            return default.and_then(scalar).unwrap_or_else(unknown);
        }
        let Some((address, attribute)) = reference(expression) else {
            return unknown();
        };
        if address.starts_with("data.aws_caller_identity.") && attribute == "account_id" {
            return self.account.clone();
        }
        if address.starts_with("data.aws_region.") && ["name", "region", "id"].contains(&attribute) {
            return self.region.clone();
        }
        if address.starts_with("data.aws_partition.") && attribute == "partition" {
            return "aws".to_owned();
        }
        let written = self.resources.get(&address).and_then(|values| values.get(attribute));
        written.and_then(scalar).or_else(|| self.known_arn(&address, attribute)).unwrap_or_else(unknown)
    }

    /// The address of what a value names: by a reference, or by an id that is known. Otherwise the value itself.
    pub(super) fn refer(&self, value: &Value) -> String {
        let value = value.get(REFERENCE).unwrap_or(value);
        let Value::String(text) = value else {
            return unknown(&value.to_string());
        };
        if let [Piece::Expression(expression)] = pieces(text)[..] {
            if let Some((address, _)) =
                reference(expression).filter(|(address, _)| self.resources.contains_key(address))
            {
                return address;
            }
            if let Some(inner) = expression.strip_prefix("local.").and_then(|name| self.locals.get(name)) {
                return self.refer(inner);
            }
        }
        let text = self.text(text);
        self.aliases.get(&text).cloned().unwrap_or(text)
    }
}

/// A hole with the name of an expression, without what ARNs and JSON would take for their own.
fn unknown(expression: &str) -> String {
    let name = expression.replace('"', "'").replace([':', '\\', '⟦', '⟧'], " ");
    hole(&name)
}

/// Attributes of one resource, or of a block in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes<'a> {
    pub(super) root: &'a Root,
    pub(super) values: &'a Map<String, Value>,
}

impl<'a> Attributes<'a> {
    pub(super) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.raw(name)? {
            Value::String(text) => Some(self.root.text(text)),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
        .filter(|text| !text.is_empty())
    }

    /// A number. None, too, where it is not known.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn truth(&self, name: &str, default: bool) -> bool {
        self.text(name).map_or(default, |text| text == "true")
    }

    /// What an attribute names, by its address.
    pub(super) fn refer(&self, name: &str) -> Option<String> {
        let value = self.raw(name)?;
        Some(self.root.refer(value)).filter(|name| !name.is_empty())
    }

    /// The resource of a type that an attribute names: by a reference, an id or a name, which others may have, too.
    pub(super) fn refer_to(&self, name: &str, kind: &str) -> Option<String> {
        let found = self.refer(name)?;
        if found.split('.').next() == Some(kind) && self.root.resources.contains_key(&found) {
            return Some(found);
        }
        let text = self.text(name)?;
        let own = |values: &Attributes<'_>| {
            ["name", "bucket", "id"].iter().any(|attribute| values.text(attribute).as_ref() == Some(&text))
        };
        let by_name = self.root.of(kind).find(|(_, values)| own(values)).map(|(address, _)| address.to_owned());
        Some(by_name.unwrap_or(found))
    }

    /// What the members of a list name.
    pub(super) fn refer_all(&self, name: &str) -> Vec<String> {
        match self.raw(name) {
            Some(Value::Array(items)) => items.iter().map(|item| self.root.refer(item)).collect(),
            Some(one) => vec![self.root.refer(one)],
            None => Vec::new(),
        }
    }

    /// Nested blocks: an object or a list of objects.
    pub(super) fn blocks(&self, name: &str) -> Vec<Attributes<'a>> {
        let root = self.root;
        let of = |value: &'a Value| value.as_object().map(|values| Attributes { root, values });
        match self.raw(name) {
            Some(Value::Array(items)) => items.iter().filter_map(of).collect(),
            Some(one) => of(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    pub(super) fn block(&self, name: &str) -> Option<Attributes<'a>> {
        self.blocks(name).into_iter().next()
    }
}
