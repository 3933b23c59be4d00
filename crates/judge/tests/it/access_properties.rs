//! What holds whatever the policies: a statement less never allows more, a denial more never allows, order does not matter.

use judge::access::{Outcome, Policies, Request, evaluate};
use proptest::prelude::*;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

fn pick(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = pick(&[
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringNotEquals",
        "Null",
        "Made:Up",
    ]);
    let key = pick(&["aws:PrincipalTag/team", "aws:TagKeys", "aws:username", "made:up"]);
    let value = pick(&["red", "r*", "true", "${aws:username}"]);
    (operator, key, value).prop_map(|(operator, key, value)| json!({operator: {key: value}}))
}

fn statement(resource: bool) -> impl Strategy<Value = Value> {
    let principal = pick(&["*", ROLE, "111122223333", "444455556666", "arn:aws:iam::111122223333:user/ann"]);
    (
        pick(&["Allow", "Allow", "Deny"]),
        (pick(&["Action", "Action", "NotAction"]), pick(&["*", "s3:*", "s3:Get*", "kms:Decrypt"])),
        (pick(&["Resource", "Resource", "NotResource"]), pick(&["*", "arn:aws:s3:::photos/*", "arn:aws:kms:*"])),
        prop::option::of(condition()),
        (pick(&["Principal", "Principal", "NotPrincipal"]), principal),
    )
        .prop_map(move |(effect, action, named, condition, whom)| {
            let mut statement = json!({"Effect": effect, action.0: action.1, named.0: named.1});
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            if resource {
                statement[whom.0] = json!({"AWS": whom.1});
            }
            statement
        })
}

fn document(resource: bool) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(resource), 0..4)
}

fn of(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The kinds of policies as lists of statements; none: there is no policy of the kind.
type Kinds = [(&'static str, Option<Vec<Value>>); 6];

fn kinds() -> impl Strategy<Value = Kinds> {
    (
        document(false),
        prop::option::of(document(false)),
        prop::option::of(document(false)),
        prop::option::of(document(true)),
        prop::option::of(document(false)),
        prop::option::of(document(true)),
    )
        .prop_map(|(identity, boundary, session, resource, control, endpoint)| {
            [
                ("identity", Some(identity)),
                ("boundary", boundary),
                ("session", session),
                ("resource", resource),
                ("service_control", control),
                ("endpoint", endpoint),
            ]
        })
}

fn policies(kinds: &Kinds) -> Policies {
    let mut all = json!({});
    for (kind, statements) in kinds {
        let Some(statements) = statements else { continue };
        all[*kind] = match *kind {
            "resource" => of(statements),
            "service_control" => json!([{"p": of(statements)}]),
            _ => json!({"p": of(statements)}),
        };
    }
    serde_json::from_value(all).expect("policies")
}

fn request() -> impl Strategy<Value = Request> {
    let caller = pick(&[
        ROLE,
        "arn:aws:sts::111122223333:assumed-role/deploy/run",
        "arn:aws:iam::111122223333:user/ann",
        "arn:aws:iam::111122223333:root",
        "ecs.amazonaws.com",
        "anonymous",
    ]);
    let about = prop::sample::select(vec![
        ("s3:GetObject", "arn:aws:s3:::photos/cat"),
        ("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/1"),
        ("kms:Decrypt", "arn:aws:kms:eu-central-1:444455556666:key/1"),
    ]);
    (caller, about, any::<bool>(), prop::option::of(pick(&["red", "blue"]))).prop_map(
        |(caller, (action, resource), complete, team)| {
            let mut context = json!({"aws:TagKeys": ["red", "team"]});
            if let Some(team) = team {
                context["aws:PrincipalTag/team"] = json!(team);
            }
            serde_json::from_value(json!({
                "caller": caller, "action": action, "resource": resource,
                "complete": complete, "context": context
            }))
            .expect("a request")
        },
    )
}

fn outcome(kinds: &Kinds, request: &Request) -> Outcome {
    evaluate(&policies(kinds), request).outcome
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_an_allow_away_never_allows_more(kinds in kinds(), request in request()) {
        let before = outcome(&kinds, &request);
        for kind in 0..kinds.len() {
            let statements = kinds[kind].1.clone().unwrap_or_default();
            for (index, statement) in statements.iter().enumerate() {
                if statement["Effect"] == "Allow" {
                    let mut less = kinds.clone();
                    less[kind].1.as_mut().expect("it has statements").remove(index);
                    prop_assert!(outcome(&less, &request) <= before);
                }
            }
        }
    }

    #[test]
    fn a_further_denial_never_allows(
        kinds in kinds(), request in request(), kind in 0..6_usize, denial in statement(true)
    ) {
        let mut more = kinds.clone();
        prop_assume!(more[kind].1.is_some());
        let mut denial = denial;
        denial["Effect"] = json!("Deny");
        if !["resource", "endpoint"].contains(&more[kind].0) {
            let fields = denial.as_object_mut().expect("an object");
            fields.remove("Principal");
            fields.remove("NotPrincipal");
        }
        more[kind].1.as_mut().expect("it has statements").push(denial);
        prop_assert!(outcome(&more, &request) <= outcome(&kinds, &request));
    }

    #[test]
    fn the_order_of_statements_does_not_matter(kinds in kinds(), request in request()) {
        let mut turned = kinds.clone();
        for (_, statements) in &mut turned {
            if let Some(statements) = statements {
                statements.reverse();
            }
        }
        prop_assert_eq!(outcome(&turned, &request), outcome(&kinds, &request));
    }
}
