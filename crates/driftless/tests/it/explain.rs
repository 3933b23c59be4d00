//! `driftless explain` over this repository's rendered roots.

use std::process::Command;

use serde_json::Value;

use crate::{
    built::workspace,
    image::fixture::{Said, said},
};

fn explain(arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    said(command.current_dir(workspace()).env_remove("DRIFTLESS_ENV").arg("explain").args(arguments))
}

#[test]
fn a_way_is_told_hop_by_hop_with_the_rules_that_open_it() {
    let way = explain(&["reach", "internet", "frontend:3000", "-e", "dev"]);
    assert_eq!(way.code, 0, "{way:?}");
    for hop in
        ["reaches frontend:3000 through aws_lb.main", "internet gateway `aws_internet_gateway.main`", "ingress rule `"]
    {
        assert!(way.out.contains(hop), "{way:?}");
    }
}

#[test]
fn what_is_closed_is_told_by_what_is_lacking() {
    let closed = explain(&["reach", "frontend", "backend:22", "-e", "dev", "--json"]);
    let document: Value = serde_json::from_str(&closed.out).unwrap();
    assert_eq!((closed.code, &document["schema"], &document["verdict"]["answer"]), (1, &1.into(), &"no".into()));
    assert!(document["verdict"]["ways"][0]["lacks"].as_str().unwrap().contains("security group"), "{document}");
}

#[test]
fn a_role_may_do_what_a_statement_says_and_nothing_else() {
    let repository = "arn:aws:ecr:us-east-1:111122223333:repository/items/backend";
    let of = ["-e", "dev", "--account", "111122223333"];
    let pull = explain(&[&["access", "backend_execution", "ecr:BatchGetImage", repository], &of[..]].concat());
    assert!(pull.code == 0 && pull.out.contains("`PullItsImage`"), "{pull:?}");
    let push = explain(&[&["access", "backend_execution", "ecr:PutImage", repository], &of[..]].concat());
    assert!(push.code == 1 && push.out.contains("no identity-based policy allows the ecr:PutImage action"), "{push:?}");
}

#[test]
fn tasks_of_every_rendered_environment_lack_nothing() {
    for environment in ["dev", "prod"] {
        let needs = explain(&["needs", "-e", environment]);
        assert_eq!((needs.code, &*needs.out), (0, "nothing is lacking\n"), "{needs:?}");
    }
}

#[test]
fn an_environment_that_is_not_there_is_answered_by_those_that_are() {
    let wrong = explain(&["needs", "-e", "staging"]);
    assert_eq!(wrong.code, 2);
    let says = "error: root `staging` does not exist\nhint: the rendered ones are `dev`, `foundation`, `prod`\n";
    assert_eq!(wrong.err, says);
}
