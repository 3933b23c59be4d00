//! What the services of this repository's roots would lack: nothing, until something is taken away.

use judge::terraform::from_config;
use serde_json::Value;

use super::roots::{all, configuration};

fn lacks(root: &Value) -> Vec<String> {
    let described = from_config(root, None).expect("a root");
    described.lacking().into_iter().map(|lack| format!("{}: {}: {}", lack.service, lack.need, lack.message)).collect()
}

#[test]
fn no_service_of_our_roots_lacks_anything() {
    for name in all() {
        assert_eq!(lacks(&configuration(&name)), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_boundary_that_is_not_known_is_told_once_for_each_role() {
    let mut bounded = configuration("rendered/dev");
    for role in bounded["resource"]["aws_iam_role"].as_object_mut().expect("roles").values_mut() {
        let policy = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/limits";
        role["permissions_boundary"] = policy.into();
    }
    let told = |service: &str| {
        ["execution", "task"].map(|kind| {
            format!(
                "{service}: the rights of aws_iam_role.{service}_{kind}: what its permissions boundary \
                 `arn:aws:iam::⟦account⟧:policy/limits` says is not known"
            )
        })
    };
    assert_eq!(lacks(&bounded), [told("backend"), told("frontend")].concat());
}

#[test]
fn says_what_is_lacking() {
    let without = |kind: &str, name: &str| {
        let mut less = configuration("golden/stacks/varied/closed");
        less["resource"][kind].as_object_mut().expect(kind).remove(name).expect(name);
        lacks(&less)
    };
    let lacking = without("aws_vpc_endpoint", "ecr_dkr");
    assert_eq!(lacking.len(), 3, "{lacking:#?}");
    assert_eq!(
        lacking[0],
        "api: pulling ⟦account⟧.dkr.ecr.eu-central-1.amazonaws.com/a-name-of-25-letters-long/api: api does not reach \
         ecr.dkr@eu-central-1: no egress rule of the security group `aws_security_group.api` allows tcp 443 to \
         ecr.dkr@eu-central-1"
    );
    let lacking = without("aws_iam_role_policy", "web_execution");
    assert!(
        lacking.iter().any(|lack| lack
            == "web: logging to /ecs/a-name-of-25-letters-long/closed/web: User: \
                arn:aws:iam::⟦account⟧:role/driftless/a-name-of-25-letters-long/closed/a-name-of-25-letters-long-closed-web-execution is not authorized to perform: \
                logs:PutLogEvents on resource: arn:aws:logs:eu-central-1:⟦account⟧:log-group:/ecs/\
                a-name-of-25-letters-long/closed/web:log-stream:web because no identity-based policy allows the \
                logs:PutLogEvents action"),
        "{lacking:#?}"
    );
}
