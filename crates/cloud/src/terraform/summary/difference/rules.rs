//! What differs between the rules of a security group: those that came, and those that went, as people say them.

use serde_json::Value;

/// Says in `differences` which rules came and went. False if these are not the rules of a security group, or if they differ in
/// something else than ports and peers.
pub(super) fn compare(kind: &str, name: &str, old: &Value, new: &Value, differences: &mut Vec<String>) -> bool {
    let side = match name {
        "ingress" => "from",
        "egress" => "to",
        _ => return false,
    };
    if !matches!(kind, "aws_security_group" | "aws_default_security_group") {
        return false;
    }
    let words = |rules: &Value| -> Vec<String> {
        let mut words: Vec<_> = rules.as_array().into_iter().flatten().map(|rule| words(rule, side)).collect();
        words.sort();
        words
    };
    let (old, new) = (words(old), words(new));
    let lacking = |sign: char, all: &[String], other: &[String]| -> Vec<String> {
        let lacking = all.iter().filter(|rule| !other.contains(rule));
        lacking.map(|rule| format!("{name} {sign} {rule}")).collect()
    };
    let found = [lacking('-', &old, &new), lacking('+', &new, &old)].concat();
    let differ = !found.is_empty();
    differences.extend(found);
    differ
}

/// Such as `22 from 0.0.0.0/0`.
fn words(rule: &Value, side: &str) -> String {
    let (from, to) = (rule["from_port"].as_i64().unwrap_or(0), rule["to_port"].as_i64().unwrap_or(0));
    let ports = match rule["protocol"].as_str().unwrap_or_default() {
        "-1" => "everything".to_owned(),
        "tcp" => range(from, to),
        "icmp" | "icmpv6" => rule["protocol"].as_str().unwrap_or_default().to_owned(),
        other => format!("{}/{other}", range(from, to)),
    };
    let lists = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"];
    let members = lists.iter().filter_map(|list| rule[list].as_array()).flatten();
    let mut peers: Vec<&str> = members.filter_map(Value::as_str).collect();
    if rule["self"] == true {
        peers.push("itself");
    }
    format!("{ports} {side} {}", if peers.is_empty() { "nobody".to_owned() } else { peers.join(" and ") })
}

fn range(from: i64, to: i64) -> String {
    if from == to { from.to_string() } else { format!("{from}-{to}") }
}
