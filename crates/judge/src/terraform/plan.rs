//! A plan as `terraform show -json` writes it: planned values where they are known, references of the configuration where not.

use serde_json::{Map, Value, json};

use super::{
    Described, TerraformError,
    root::{REFERENCE, Root},
};
use crate::hole;

/// Attributes by which other resources name one.
const NAMES: &[&str] = &["id", "arn"];

/// Reads a plan. It has to hold the configuration, as `terraform show -json PLAN` writes it.
pub fn from_plan(plan: &Value) -> Result<Described, TerraformError> {
    Ok(root(plan)?.described())
}

fn root(plan: &Value) -> Result<Root, TerraformError> {
    const WHAT: &str = "what `terraform show -json` writes of a plan";
    let changes =
        plan.get("resource_changes").and_then(Value::as_array).ok_or(TerraformError::Form("resource_changes", WHAT))?;
    let configuration = plan.pointer("/configuration/root_module").unwrap_or(&Value::Null);
    let mut root = Root::default();
    for change in changes {
        let after = change.pointer("/change/after").and_then(Value::as_object);
        let (Some(address), Some(after)) = (base_address(change), after) else { continue };
        let mut values = after.clone();
        if let Some(unknown) = change.pointer("/change/after_unknown").and_then(Value::as_object) {
            fill(&mut values, unknown, expressions(configuration, &address));
        }
        root.insert(address, values);
    }
    let prior = plan.pointer("/prior_state/values/root_module/resources");
    for data in prior.and_then(Value::as_array).into_iter().flatten() {
        let data_source = data.get("mode").and_then(Value::as_str) == Some("data");
        if let (true, Some(address), Some(values)) =
            (data_source, base_address(data), data.get("values").and_then(Value::as_object))
        {
            root.insert(address, values.clone());
        }
    }
    let account = root.resources.iter().find_map(|(address, values)| {
        let identity = address.starts_with("data.aws_caller_identity.");
        values.get("account_id").filter(|_| identity)?.as_str()
    });
    root.account = account.map_or_else(|| hole("account"), str::to_owned);
    root.region = region(plan).unwrap_or_else(|| hole("provider.aws.region"));
    if configuration.is_null() {
        root.unknown.push("the plan holds no configuration, so that new things are not connected".to_owned());
    }
    Ok(root)
}

impl Root {
    fn insert(&mut self, address: String, values: Map<String, Value>) {
        for name in NAMES {
            if let Some(id) = values.get(*name).and_then(Value::as_str).filter(|id| !id.contains("${")) {
                self.aliases.insert(id.to_owned(), address.clone());
            }
        }
        self.resources.insert(address, values);
    }
}

/// The address without an index, and without a module: those are not followed.
fn base_address(resource: &Value) -> Option<String> {
    let address = resource.get("address")?.as_str()?;
    let module = resource.get("module_address").is_some() || address.starts_with("module.");
    (!module).then(|| address.split('[').next().unwrap_or(address).to_owned())
}

fn expressions<'a>(configuration: &'a Value, address: &str) -> Option<&'a Map<String, Value>> {
    configuration
        .get("resources")?
        .as_array()?
        .iter()
        .find(|resource| resource.get("address").and_then(Value::as_str) == Some(address))?
        .get("expressions")?
        .as_object()
}

/// Puts references where a value is known only after the apply.
fn fill(values: &mut Map<String, Value>, unknown: &Map<String, Value>, expressions: Option<&Map<String, Value>>) {
    for (name, unknown) in unknown {
        let expression = expressions.and_then(|all| all.get(name));
        match unknown {
            Value::Bool(true) => {
                if let Some(found) = expression.and_then(written) {
                    values.insert(name.clone(), found);
                }
            }
            Value::Array(blocks) => {
                if let Some(Value::Array(items)) = values.get_mut(name) {
                    fill_list(items, name, blocks, expression);
                }
            }
            Value::Object(unknown) => {
                if let Some(Value::Object(own)) = values.get_mut(name) {
                    fill(own, unknown, expression.and_then(Value::as_object));
                }
            }
            _ => {}
        }
    }
}

fn fill_list(items: &mut [Value], name: &str, unknown: &[Value], expression: Option<&Value>) {
    let references = expression.and_then(written);
    let length = items.len();
    for (index, unknown) in unknown.iter().enumerate() {
        match (unknown, items.get_mut(index)) {
            (Value::Object(unknown), Some(Value::Object(item))) => {
                let block = match expression {
                    Some(Value::Array(blocks)) => blocks.get(index),
                    one => one,
                };
                fill(item, unknown, block.and_then(Value::as_object));
            }
            (Value::Bool(true), Some(item)) => {
                // Where each member is a reference, they stand in the same order.
                let found = match &references {
                    Some(Value::Array(all)) if all.len() == length => all.get(index).cloned(),
                    Some(one) if index == 0 => Some(one.clone()),
                    _ => None,
                };
                *item = found.unwrap_or_else(|| Value::String(hole(&format!("{name} {index}"))));
            }
            _ => {}
        }
    }
}

/// What an expression refers to, as it would be written: one reference, or a list of them.
fn written(expression: &Value) -> Option<Value> {
    // Of a root in JSON, this is the text with its expressions.
    if let Some(constant) = expression.get("constant_value") {
        return Some(constant.clone());
    }
    let references: Vec<&str> = expression.get("references")?.as_array()?.iter().filter_map(Value::as_str).collect();
    // Each reference is followed by the shorter ones that it implies: `aws_vpc.main.id`, `aws_vpc.main`.
    let mut longest: Vec<&str> = Vec::new();
    for reference in &references {
        let implied = references.iter().any(|other| {
            other.len() > reference.len()
                && other.starts_with(reference)
                && !other[reference.len()..].starts_with(char::is_alphanumeric)
        });
        if !implied && !longest.contains(reference) {
            longest.push(reference);
        }
    }
    // Not the text: `"${aws_vpc.main.id}-a"` has the same references.
    let text = |reference: &str| json!({REFERENCE: format!("${{{reference}}}")});
    match longest[..] {
        [] => None,
        [one] => Some(text(one)),
        _ => Some(Value::Array(longest.into_iter().map(text).collect())),
    }
}

fn region(plan: &Value) -> Option<String> {
    let expression = plan.pointer("/configuration/provider_config/aws/expressions/region")?;
    if let Some(Value::String(region)) = expression.get("constant_value") {
        return Some(region.clone());
    }
    let name = expression.pointer("/references/0")?.as_str()?.strip_prefix("var.")?;
    plan.pointer(&format!("/variables/{name}/value"))?.as_str().map(str::to_owned)
}
