//! Each star in a policy has a reason in docs/iam.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use super::{documents, strings};
use crate::built::workspace;

type Stars = BTreeMap<String, BTreeSet<String>>;

/// The strings of a value that may be one or a list of them.
fn several(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        // `"Principal": { "AWS": "*" }`
        Value::Object(fields) => fields.values().flat_map(several).collect(),
        _ => Vec::new(),
    }
}

/// The stars of a statement, as docs/iam.md writes them.
fn stars_of(statement: &Value) -> BTreeSet<String> {
    let actions = several(&statement["Action"]).into_iter().chain(several(&statement["NotAction"]));
    let actions = actions.filter(|action| action.contains('*')).map(str::to_owned);
    let resources = several(&statement["Resource"]).into_iter().chain(several(&statement["Principal"]));
    let resources = resources.filter(|resource| resource.contains('*'));
    actions.chain(resources.map(|resource| if resource == "*" { "*" } else { "…*" }.to_owned())).collect()
}

/// The stars of all policies, by the name of the statement.
fn rendered() -> Stars {
    let mut stars = Stars::new();
    for document in documents() {
        strings(&document.value, "", &mut |_, text| {
            let policy = super::embedded(text).unwrap_or_default();
            for statement in policy["Statement"].as_array().into_iter().flatten() {
                let found = stars_of(statement);
                if !found.is_empty() {
                    let name = statement["Sid"].as_str().unwrap_or("a statement without `Sid`");
                    stars.entry(name.to_owned()).or_default().extend(found);
                }
            }
        });
    }
    stars
}

/// Those that docs/iam.md gives reasons for.
fn explained() -> Stars {
    let text = fs::read_to_string(workspace().join("docs/iam.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<_> = line.strip_prefix("| `")?.split('|').map(str::trim).collect();
        let [name, stars, why, _] = cells[..] else { return None };
        assert!(why.len() > 5, "{line}");
        let stars = stars.split(',').map(|star| star.trim().trim_matches('`').to_owned()).collect();
        Some((name.trim_end_matches('`').to_owned(), stars))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn every_star_in_a_policy_is_explained_and_no_reason_is_left_over() {
    let explained = explained();
    assert!(explained.len() > 10, "{explained:?}");
    assert_eq!(rendered(), explained);
}

#[test]
fn stars_are_seen_wherever_they_are() {
    let statement = serde_json::json!({
        "Action": ["s3:Get*", "s3:PutObject"], "Resource": ["arn:x/*", "*"], "Principal": { "AWS": "*" }
    });
    assert_eq!(stars_of(&statement).into_iter().collect::<Vec<_>>(), ["*", "s3:Get*", "…*"]);
}
