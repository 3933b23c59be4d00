//! What the rendered root says of itself: whether the ways that infra.nix forbids are closed and those that it wants are open, and
//! whether the tasks would have what they need to start. AWS is not asked.

use judge::{
    assertion::{Assertion, Held, Kind, wanted},
    terraform::{Described, from_config},
};
use model::stack::Environment;
use serde_json::Value;

use super::Finding;

const WAYS: &str = "ways";
const NEEDS: &str = "needs";

pub(super) fn look(name: &str, environment: &Environment, root: &Value, account: &str) -> Vec<Finding> {
    let described = match from_config(root, Some(account)) {
        Ok(described) => described,
        Err(error) => return vec![Finding::error(WAYS, error.to_string(), "render infra.nix again: `nix/render`")],
    };
    let wanted = wanted(&environment.never, &environment.must);
    let mut findings: Vec<_> = wanted.map(|(kind, text)| judged(name, kind, text, &described)).collect();
    findings.extend(needs(name, &described));
    findings
}

fn judged(name: &str, kind: Kind, text: &str, described: &Described) -> Finding {
    let option = match kind {
        Kind::Never => "never",
        Kind::Must => "must",
    };
    let correct = || format!("correct `environments.{name}.{option}` in infra.nix; docs/judge.md names the places");
    let assertion = match Assertion::parse(kind, text) {
        Ok(assertion) => assertion,
        Err(error) => return Finding::error(WAYS, error.to_string(), correct()),
    };
    let finding = match assertion.judge(&described.network) {
        Ok(finding) => finding,
        Err(error) => return Finding::error(WAYS, format!("{assertion}: {error}"), correct()),
    };
    let remedy = || {
        let (from, to) = text.split_once("->").unwrap_or((text, ""));
        let explain = format!("driftless explain reach {} {} --env {name}", from.trim(), to.trim());
        format!("change infra.nix, or take it out of `environments.{name}.{option}`; `{explain}` shows each way")
    };
    match (kind, finding.held) {
        (_, Held::Yes) => Finding::fine(WAYS, finding.message),
        // A way that may be open is not one that is closed.
        (_, Held::No) | (Kind::Never, Held::CannotBeJudged) => Finding::error(WAYS, finding.message, remedy()),
        (Kind::Must, Held::CannotBeJudged) => Finding::warning(WAYS, finding.message, remedy()),
    }
}

/// Warnings, since what infra.nix adds with `terraform` may be more than the judge understands.
fn needs(name: &str, described: &Described) -> Vec<Finding> {
    let lacking = described.lacking();
    if lacking.is_empty() {
        return vec![Finding::fine(NEEDS, "every service would have what its tasks need to start")];
    }
    let remedy = format!("`driftless explain needs --env {name}` lists them");
    let finding = |lack: &judge::needs::Lack| {
        Finding::warning(NEEDS, format!("`{}`, {}: {}", lack.service, lack.need, lack.message), remedy.clone())
    };
    lacking.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use model::stack::Stack;
    use serde_json::json;

    use super::{super::Diagnosis, *};

    const STACK: &[u8] = include_bytes!("../../../../../nix/rendered/stack.json");
    const DEV: &[u8] = include_bytes!("../../../../../nix/rendered/dev/config.tf.json");

    fn said(never: &[&str], must: &[&str], change: impl Fn(&mut Value)) -> String {
        let mut environment = Stack::parse(STACK).unwrap().environments.remove("dev").unwrap();
        environment.never = never.iter().map(ToString::to_string).collect();
        environment.must = must.iter().map(ToString::to_string).collect();
        let mut root: Value = serde_json::from_slice(DEV).unwrap();
        change(&mut root);
        Diagnosis::new(None, look("dev", &environment, &root, "123456789012")).text(true)
    }

    #[test]
    fn what_infra_nix_says_of_ways_is_judged_by_the_root() {
        let never = ["internet -> files", "internet -> frontend:3000", "internet -> nowhere", "internet"];
        insta::assert_snapshot!(said(&never, &["internet -> frontend:3000", "frontend -> files"], |_| {}));
    }

    #[test]
    fn a_rule_that_opens_a_forbidden_way_is_named() {
        let open = |root: &mut Value| {
            let rule = json!({ "from_port": 2049, "to_port": 2049, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"] });
            root["resource"]["aws_security_group"]["storage"]["ingress"].as_array_mut().unwrap().push(rule);
            root["resource"]["aws_vpc_security_group_egress_rule"]["opened"] = json!({
                "security_group_id": "${aws_security_group.frontend.id}", "cidr_ipv4": "0.0.0.0/0",
                "ip_protocol": "tcp", "from_port": 2049, "to_port": 2049,
            });
        };
        let said = said(&["frontend -> files"], &[], open);
        assert!(said.contains("ingress rule `aws_security_group.storage.ingress[1.0]`"), "{said}");
        assert!(said.starts_with("error   ways: never frontend -> files: does not hold: "), "{said}");
    }

    #[test]
    fn a_service_without_a_way_to_its_image_is_warned_of() {
        let said = said(&[], &[], |root| {
            root["resource"]["aws_route"].as_object_mut().unwrap().remove("public");
        });
        assert!(said.starts_with("warning needs: `backend`, pulling "), "{said}");
    }
}
