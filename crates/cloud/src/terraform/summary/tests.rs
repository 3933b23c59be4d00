use serde_json::{Value, json};

use super::*;

/// What `show -json` says of the second release of the fixture's stack.
const SECOND_RELEASE: &str = include_str!("../../../tests/fixtures/terraform/second-release.json");

#[expect(clippy::needless_pass_by_value, reason = "calls read better")]
fn change(kind: &str, actions: &[&str], before: Value, after: Value) -> Value {
    json!({
        "address": format!("{kind}.main"), "mode": "managed", "type": kind, "name": "main",
        "change": { "actions": actions, "before": before, "after": after, "after_unknown": {},
                    "before_sensitive": false, "after_sensitive": false }
    })
}

fn summary(changes: &[Value]) -> Summary {
    let plan = serde_json::from_value(json!({ "resource_changes": changes })).unwrap();
    Summary::of("dev", &plan)
}

#[test]
fn a_release_is_told_by_its_images() {
    let mut summary = Summary::of("dev", &serde_json::from_str(SECOND_RELEASE).unwrap());
    summary.monthly_cost_difference = Some(0.0);
    insta::assert_snapshot!(summary.text());
    assert_eq!(summary.images.len(), 2);
    assert!(summary.data_loss().next().is_none());
}

#[test]
fn what_another_plan_did_not_touch_is_beyond_it() {
    let role = |actions: &[&str]| change("aws_iam_role", actions, json!({}), json!({ "name": "a" }));
    let service = |actions: &[&str]| change("aws_ecs_service", actions, json!({}), json!({ "name": "a" }));
    let applied = summary(&[service(&["update"]), role(&["no-op"])]);
    for (actions, beyond) in [
        (&["create"][..], &["aws_iam_role.main"][..]),
        (&["update"], &["aws_iam_role.main"]),
        (&["delete", "create"], &["aws_iam_role.main"]),
        (&["no-op"], &[]),
        (&["delete"], &[]),
    ] {
        assert_eq!(summary(&[service(&["update"]), role(actions)]).beyond(&applied), beyond, "{actions:?}");
    }
    assert_eq!(
        summary(&[role(&["create"])]).beyond(&summary(&[])),
        [""; 0],
        "of a run that was continued nobody knows"
    );
}

#[test]
fn what_is_at_stake_comes_first_and_is_named() {
    let mut replaced = change("aws_db_instance", &["delete", "create"], json!({"engine": "a"}), json!({"engine": "b"}));
    replaced["change"]["replace_paths"] = json!([["engine"]]);
    let mut changes = vec![
        change("aws_iam_role", &["create"], Value::Null, json!({"name": "r"})),
        change("aws_iam_policy", &["create", "delete"], json!({"name": "a"}), json!({"name": "b"})),
        change("aws_lb", &["delete"], json!({"name": "a"}), Value::Null),
        replaced,
        change(
            "aws_cloudwatch_log_group",
            &["update"],
            json!({"retention_in_days": 7}),
            json!({"retention_in_days": 30}),
        ),
        change("aws_db_instance", &["update"], json!({"instance_class": "a"}), json!({"instance_class": "b"})),
        change("aws_vpc", &["no-op"], json!({}), json!({})),
    ];
    for number in 0..5 {
        let mut subnet = change("aws_subnet", &["create"], Value::Null, json!({}));
        subnet["address"] = format!("aws_subnet.s{number}").into();
        changes.push(subnet);
    }
    let mut summary = summary(&changes);
    summary.monthly_cost_difference = Some(-12.345);
    insta::assert_snapshot!(summary.text());
    assert_eq!(summary.data_loss().count(), 1);
}

#[test]
fn sensitive_values_are_not_in_any_output() {
    let mut one = change(
        "aws_x",
        &["update"],
        json!({"a": "hunter1", "b": {"c": "hunter2"}, "d": "hunter3"}),
        json!({"a": "hunter4", "b": {"c": "hunter5"}, "d": "hunter6"}),
    );
    one["change"]["before_sensitive"] = json!({"a": true, "b": {"c": true}});
    one["change"]["after_sensitive"] = json!({"a": true, "d": true});
    let mut all = change("aws_y", &["update"], json!({"e": "hunter7"}), json!({"e": "hunter8"}));
    all["change"]["after_sensitive"] = json!(true);
    let summary = summary(&[one, all]);
    let printed = format!("{}{}", summary.text(), serde_json::to_string(&summary).unwrap());
    assert!(!printed.contains("hunter"), "{printed}");
    assert!(printed.contains("aws_x.main  (a, b, d)"), "{printed}");
}

#[test]
fn values_of_environment_variables_are_not_shown_but_their_names_are() {
    let definition = |value: &str| {
        let text = json!([{ "name": "web", "image": "r@sha256:x", "environment": [{"name": "KEY", "value": value}],
                            "secrets": [{"name": "TOKEN", "valueFrom": format!("arn:::{value}")}] }]);
        json!({ "container_definitions": text.to_string() })
    };
    let one = change("aws_ecs_task_definition", &["delete", "create"], definition("before1"), definition("after1"));
    let summary = summary(&[one]);
    let text = summary.text();
    assert!(text.contains("environment KEY, secrets TOKEN") && !text.contains("before1"), "{text}");
    assert!(summary.resources[0].risk.is_none());
}

#[test]
fn an_image_is_named_where_the_rest_of_its_task_definition_is_not_known_yet() {
    let digest = |of: &str| oci::Digest::of(of.as_bytes());
    let image = |of: &str| json!([{ "name": "web", "image": format!("r@{}", digest(of)) }]).to_string();
    let mut new = change("aws_ecs_task_definition", &["create"], Value::Null, json!({ "family": "catalog" }));
    new["address"] = "aws_ecs_task_definition.catalog".into();
    let mut old = change(
        "aws_ecs_task_definition",
        &["delete", "create"],
        json!({ "container_definitions": image("old") }),
        json!({}),
    );
    for change in [&mut new, &mut old] {
        change["change"]["after_unknown"] = json!({ "container_definitions": true });
    }
    let told = json!({ "images": { "value": { "catalog": digest("new"), "web": digest("newer") } } });
    let plan = json!({ "resource_changes": [old, new], "variables": told });
    let images = Summary::of("dev", &serde_json::from_value(plan).unwrap()).images;
    let expected = [("catalog", None, Some(digest("new"))), ("web", Some(digest("old")), Some(digest("newer")))];
    let expected = expected.map(|(service, from, to)| ImageChange { service: service.to_owned(), from, to });
    assert_eq!(images, expected);
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let summary = summary(&[change("aws_vpc", &["no-op"], json!({}), json!({}))]);
    assert!(summary.is_empty());
    assert_eq!(summary.text(), "`dev`: no changes\n");
}
