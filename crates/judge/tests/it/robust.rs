//! Whatever it is asked, it answers.

use judge::{Session, access::Document};
use proptest::prelude::*;
use serde_json::{Value, json};

fn value() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "*",
        "Allow",
        "Deny",
        "s3:*",
        "${aws:username}",
        "${",
        "⟦x⟧",
        "⟦",
        "arn:aws:s3:::b/*",
        "arn:",
        "2012-10-17",
        "10.0.0.0/8",
        "0.0.0.0/0",
        "internet",
        "api:8000",
        "-1",
        "2024-02-30T25:61:61+99:99",
        "main",
        "ForAllValues:StringLike",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "Version",
        "Statement",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "Principal",
        "AWS",
        "Condition",
        "Bool",
        "DateLessThan",
        "aws:CurrentTime",
        "ask",
        "policies",
        "request",
        "network",
        "from",
        "to",
        "identity",
        "caller",
        "schema",
        "subnets",
        "cidr",
        "vpc",
        "main",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_any_policy_or_says_why_not(value in value()) {
        drop(Document::try_from(value));
    }

    #[test]
    fn answers_any_question(
        ask in prop::sample::select(vec!["access", "reach", "network", "policies", "assert", "version"]),
        one in value(), other in value(), condition in value(), date in "[-0-9TZ:+.]{0,24}",
    ) {
        let mut session = Session::default();
        let question = json!({
            "ask": ask, "id": 1, "name": "n", "from": "internet", "to": "database", "never": one, "network": other,
            "policies": {"identity": {"p": {"Version": "2012-10-17", "Statement": {
                "Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {"DateLessThan": {"aws:CurrentTime": date}, "StringLike": {"aws:username": condition}}
            }}}},
            "request": {"caller": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject", "context": {"aws:CurrentTime": date}}
        });
        let answer = session.answer(&question);
        prop_assert_eq!(&answer["id"], 1);
        let question = json!({"ask": ask, "policies": one, "request": other, "network": condition, "from": "a", "to": "b"});
        prop_assert!(session.answer(&question).is_object());
    }
}
