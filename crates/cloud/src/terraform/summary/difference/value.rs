//! What differs between two values: the fields of blocks and maps by name, the members of lists by what came and went.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::terraform::plan::says_the_same;

/// Longer values are named, not shown.
const SHORT: usize = 48;

/// Members of a list that are shown one by one.
const FEW: usize = 3;

/// Says in `differences` how the attribute `name` came from `old` to `new`.
pub(super) fn compare(name: &str, old: &Value, new: &Value, differences: &mut Vec<String>) {
    if says_the_same(old, new) {
        return;
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => fields(name, old, new, differences),
        (Value::Object(old), Value::Null) => fields(name, old, &Map::new(), differences),
        (Value::Null, Value::Object(new)) => fields(name, &Map::new(), new, differences),
        // A block that may be there once.
        (Value::Array(one), Value::Array(other)) if matches!((&one[..], &other[..]), ([old], [new]) if old.is_object() && new.is_object()) =>
        {
            compare(name, &one[0], &other[0], differences);
        }
        (Value::Array(old), Value::Array(new)) => differences.push(members(name, old, new)),
        (Value::Array(old), Value::Null) => differences.push(members(name, old, &[])),
        (Value::Null, Value::Array(new)) => differences.push(members(name, &[], new)),
        _ => differences.push(match (short(old), short(new)) {
            (Some(old), Some(new)) => format!("{name} {old} -> {new}"),
            _ => name.to_owned(),
        }),
    }
}

fn fields(name: &str, old: &Map<String, Value>, new: &Map<String, Value>, differences: &mut Vec<String>) {
    for field in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let of = |fields: &Map<String, Value>| fields.get(field).cloned().unwrap_or_default();
        compare(&format!("{name}.{field}"), &of(old), &of(new), differences);
    }
}

fn members(name: &str, old: &[Value], new: &[Value]) -> String {
    let missing = |from: &[Value], other: &[Value]| -> Vec<Value> {
        from.iter().filter(|one| !other.iter().any(|same| says_the_same(one, same))).cloned().collect()
    };
    let (gone, come) = (missing(old, new), missing(new, old));
    let said = |sign: char, members: &[Value]| -> Option<Vec<String>> {
        members.iter().map(|member| Some(format!("{sign} {}", shown(member)?))).collect()
    };
    match (said('-', &gone), said('+', &come)) {
        (Some(gone), Some(come)) if (1..=FEW).contains(&(gone.len() + come.len())) => {
            format!("{name} {}", [gone, come].concat().join(" "))
        }
        _ => name.to_owned(),
    }
}

/// A member of a list: of a block, what it says.
fn shown(member: &Value) -> Option<String> {
    let Value::Object(fields) = member else { return short(member) };
    let empty = |value: &Value| says_the_same(value, &Value::Null) || *value == Value::Bool(false);
    let said = fields.iter().filter(|(_, value)| !empty(value)).map(|(name, value)| {
        let value = match value {
            Value::Array(items) => items.iter().map(short).collect::<Option<Vec<_>>>()?.join(" "),
            other => short(other)?,
        };
        Some(format!("{name} {value}"))
    });
    Some(format!("({})", said.collect::<Option<Vec<_>>>()?.join(", ")))
}

fn short(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => {
            // Of an ARN, what it is of.
            let name = text.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').last()).unwrap_or(text);
            (name.len() <= SHORT && !name.contains('\n')).then(|| format!("`{name}`"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "calls read better")]
    fn compared(old: Value, new: Value) -> Vec<String> {
        let mut differences = Vec::new();
        compare("x", &old, &new, &mut differences);
        differences
    }

    #[test]
    fn blocks_and_maps_are_told_by_their_fields() {
        assert_eq!(compared(json!(null), json!({ "owner": "me" })), ["x.owner none -> `me`"]);
        assert_eq!(compared(json!({ "a": "1", "b": "2" }), json!({ "a": "1" })), ["x.b `2` -> none"]);
        let block = |groups: Value, public: bool| json!([{ "groups": groups, "public": public }]);
        assert_eq!(
            compared(block(json!(["a", "b"]), false), block(json!(["b", "c"]), true)),
            ["x.groups - `a` + `c`", "x.public false -> true"]
        );
    }

    #[test]
    fn rules_are_told_by_what_came_and_went() {
        let rule = |port: u16| {
            json!({ "from_port": port, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "description": "",
                    "self": false, "security_groups": [] })
        };
        assert_eq!(
            compared(json!([rule(80)]), json!([rule(22), rule(80)])),
            ["x + (cidr_blocks `0.0.0.0/0`, from_port 22, protocol `tcp`)"]
        );
        let many: Vec<_> = (1..9).map(rule).collect();
        assert_eq!(compared(json!([]), json!(many)), ["x"]);
    }

    #[test]
    fn an_arn_is_told_by_what_it_is_of_and_what_is_long_by_its_name() {
        let arn = |revision| {
            json!(format!("arn:aws:ecs:us-east-1:123456789012:task-definition/items-dev-backend:{revision}"))
        };
        assert_eq!(
            compared(arn(1), arn(2)),
            ["x `task-definition/items-dev-backend:1` -> `task-definition/items-dev-backend:2`"]
        );
        assert_eq!(compared(json!("a"), json!("b".repeat(49))), ["x"]);
    }
}
