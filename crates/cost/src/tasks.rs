//! How many tasks a service runs.

use serde_json::Value;

use super::{part::Context, root::Resource};

/// Tasks of a service: as described, and at the maximum of its scaling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tasks {
    pub(super) usual: f64,
    pub(super) most: f64,
}

/// The tasks of `service`: `desired_count`, within the limits of the scaling target that names it.
pub(super) fn of(context: Context<'_>, service: Resource<'_>) -> Tasks {
    let desired = count(service.body, "desired_count").unwrap_or(1.0);
    let target = context
        .root
        .of_kind("aws_appautoscaling_target")
        .find(|target| target.name == service.name || service.is_meant_by(target.body.get("resource_id")));
    let Some(target) = target else { return Tasks { usual: desired, most: desired } };
    let limit = |name| count(target.body, name).unwrap_or(0.0);
    let usual = desired.max(limit("min_capacity"));
    Tasks { usual, most: usual.max(limit("max_capacity")) }
}

/// A literal count, or the last number of an expression such as `${lookup(var.tasks, "backend", 2)}`: what the variable
/// replaces.
fn count(body: &Value, name: &str) -> Option<f64> {
    let value = body.get(name)?;
    let Some(text) = value.as_str() else { return value.as_f64().map(|count| count.max(0.0)) };
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    numbers.filter_map(|word| word.parse::<u32>().ok()).next_back().map(f64::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn are_a_number_or_the_default_of_an_expression() {
        let counts = [
            json!(3),
            json!("3"),
            json!("${lookup(var.tasks, \"backend-2\", 3)}"),
            json!("${try(var.tasks[\"backend\"], 3)}"),
            json!("${var.count}"),
        ];
        let counts = counts.map(|value| count(&json!({ "desired_count": value }), "desired_count"));
        assert_eq!(counts, [Some(3.0), Some(3.0), Some(3.0), Some(3.0), None]);
        assert_eq!(count(&json!({ "desired_count": -3 }), "desired_count"), Some(0.0));
    }
}
