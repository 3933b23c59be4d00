//! Roots with one thing less.

use serde_json::{Map, Value};

/// Types whose resources exist so that something is reached.
const WAYS: &[&str] = &[
    "aws_efs_mount_target",
    "aws_internet_gateway",
    "aws_lb_listener_rule",
    "aws_nat_gateway",
    "aws_network_acl_rule",
    "aws_route",
    "aws_route_table_association",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_egress_rule",
];

/// A root with one thing less.
pub(super) struct Mutation {
    /// What was taken away.
    pub(super) what: String,
    /// The resource that it was taken from, where that is still there.
    pub(super) of: String,
    /// The rest.
    pub(super) rest: Value,
}

/// One mutation for each way, rule, statement of a policy and dependency.
pub(super) fn mutations(root: &Value) -> Vec<Mutation> {
    let mut found = Vec::new();
    for (kind, name, body) in resources(root) {
        let address = format!("{kind}.{name}");
        if WAYS.contains(&kind) {
            let mut rest = root.clone();
            named(&mut rest, kind).remove(name);
            found.push(Mutation { what: address.clone(), of: String::new(), rest });
        }
        for list in ["depends_on", "ingress"] {
            for (index, one) in body.get(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
                let mut rest = root.clone();
                let all = named(&mut rest, kind)[name][list].as_array_mut().expect("a list");
                all.remove(index);
                let what = match one.as_str() {
                    Some(dependency) => format!("{address}: depends_on {dependency}"),
                    None => format!("{address}: {list} {index}"),
                };
                found.push(Mutation { what, of: address.clone(), rest });
            }
        }
        for (attribute, policy) in policies(body) {
            for (index, statement) in policy["Statement"].as_array().into_iter().flatten().enumerate() {
                let mut less = policy.clone();
                less["Statement"].as_array_mut().expect("statements").remove(index);
                let mut rest = root.clone();
                named(&mut rest, kind)[name][attribute] = Value::String(less.to_string());
                let sid = statement["Sid"].as_str().unwrap_or("its only statement");
                found.push(Mutation { what: format!("{address}: {attribute}: {sid}"), of: address.clone(), rest });
            }
        }
    }
    found
}

/// All resources: type, name and arguments.
pub(super) fn resources(root: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    root["resource"].as_object().into_iter().flatten().flat_map(|(kind, all)| {
        all.as_object().into_iter().flatten().map(move |(name, body)| (kind.as_str(), name.as_str(), body))
    })
}

fn named<'a>(root: &'a mut Value, kind: &str) -> &'a mut Map<String, Value> {
    root["resource"][kind].as_object_mut().expect("resources by their names")
}

/// Arguments that hold a policy.
fn policies(body: &Value) -> impl Iterator<Item = (&str, Value)> {
    body.as_object().into_iter().flatten().filter_map(|(attribute, value)| {
        let policy: Value = serde_json::from_str(value.as_str()?).ok()?;
        policy.get("Statement").is_some().then_some((attribute.as_str(), policy))
    })
}
