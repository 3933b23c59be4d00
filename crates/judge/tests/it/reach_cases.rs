//! Runs the cases of `tests/cases/reach`: a network, a change of it, a question, and what AWS's documentation says to it.

use std::collections::BTreeSet;

use judge::reach::{Network, reach};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    network: Value,
    suites: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    title: String,
    url: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    from: String,
    to: String,
    /// A JSON merge patch (RFC 7396) of the file's network, but that one alternative takes the place of another.
    #[serde(default)]
    change: Value,
    expect: String,
    because: Option<String>,
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = serde_json::json!({});
    }
    let own = target.as_object_mut().expect("an object");
    for (name, value) in fields {
        if value.is_null() {
            own.remove(name);
        } else if ["peer", "to", "via"].contains(&name.as_str()) {
            own.insert(name.clone(), value.clone());
        } else {
            merge(own.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[test]
fn reaches_as_aws_documents_it() {
    let file: File = serde_json::from_str(include_str!("../cases/reach/network.json")).expect("cases");
    assert_eq!(file.schema, 1);
    let (mut wrong, mut names) = (Vec::new(), BTreeSet::new());
    for suite in &file.suites {
        assert!(suite.url.starts_with("https://"), "{} has no source", suite.title);
        for case in &suite.cases {
            assert!(names.insert((&suite.title, &case.says)), "two cases `{}`", case.says);
            let mut network = file.network.clone();
            if !case.change.is_null() {
                merge(&mut network, &case.change);
            }
            let network: Network = serde_json::from_value(network).expect(&case.says);
            let verdict = reach(&network, &case.from, &case.to).expect(&case.says);
            let answer = serde_json::to_value(verdict.answer).expect("an answer");
            let told = |words: &String| {
                let lacks = verdict.ways.iter().filter_map(|way| way.lacks.as_ref());
                verdict.message.contains(words) || lacks.into_iter().any(|lack| lack.contains(words))
            };
            if answer != case.expect.as_str() || !case.because.as_ref().is_none_or(told) {
                wrong.push(format!(
                    "{}: {}: {} -> {}\n  expected {} {:?}\n  found {}",
                    suite.title,
                    case.says,
                    case.from,
                    case.to,
                    case.expect,
                    case.because,
                    serde_json::to_string_pretty(&verdict).expect("JSON")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}
