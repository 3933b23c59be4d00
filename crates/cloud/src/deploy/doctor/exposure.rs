//! What the internet gets of an environment: whether it is encrypted, and whether anything limits how much one address asks.

use model::stack::Environment;
use serde_json::Value;

use super::Finding;

const CHECK: &str = "exposure";

pub(super) fn look(name: &str, environment: &Environment, root: &Value) -> Finding {
    let answering = environment.services.iter().filter(|(_, service)| !service.rules.is_empty());
    let services: Vec<_> = answering.map(|(service, _)| format!("`{service}`")).collect();
    if services.is_empty() {
        return Finding::fine(CHECK, "no service answers the internet");
    }
    let services = services.join(", ");
    if !environment.open {
        return Finding::fine(CHECK, format!("certain addresses alone reach {services}"));
    }
    let is_encrypted = environment.url.is_some() || environment.cdn;
    let (mut lacking, mut remedies) = (Vec::new(), Vec::new());
    let here = format!("environments.{name}");
    if !is_encrypted {
        lacking.push("without encryption");
        remedies.push(format!("`{here}.domain.name` encrypts"));
    }
    if !is_limited(root) {
        lacking.push("as often as they like");
        remedies.push(format!(
            "`{here}.waf = {{ enable = true; managedRules = [ ]; }};` limits each address, for 6 dollars a month"
        ));
    }
    if lacking.is_empty() {
        return Finding::fine(CHECK, format!("everybody on the internet reaches {services}, encrypted and limited"));
    }
    remedies.push(format!("`{here}.loadbalancer.from = [ \"203.0.113.0/24\" ];` lets in certain addresses alone"));
    let says = format!("everybody on the internet reaches {services}, {}", lacking.join(" and "));
    Finding::warning(CHECK, says, remedies.join("; "))
}

/// Whether a firewall has a rule that counts requests.
fn is_limited(root: &Value) -> bool {
    let firewalls = root["resource"]["aws_wafv2_web_acl"].as_object().into_iter().flatten();
    let mut rules = firewalls.flat_map(|(_, acl)| acl["rule"].as_array().into_iter().flatten());
    rules.any(|rule| !rule["statement"]["rate_based_statement"].is_null())
}

#[cfg(test)]
mod tests {
    use model::stack::Stack;

    use super::{
        super::{Diagnosis, Level},
        *,
    };

    const STACK: &[u8] = include_bytes!("../../../../../nix/rendered/stack.json");
    const DEV: &[u8] = include_bytes!("../../../../../nix/rendered/dev/config.tf.json");
    const PROD: &[u8] = include_bytes!("../../../../../nix/rendered/prod/config.tf.json");

    fn environment(name: &str) -> Environment {
        Stack::parse(STACK).unwrap().environments.remove(name).unwrap()
    }

    fn said(environment: &Environment, root: &[u8]) -> (Level, String) {
        let finding = look("dev", environment, &serde_json::from_slice(root).unwrap());
        (finding.level, Diagnosis::new(None, vec![finding]).text(true))
    }

    #[test]
    fn what_anybody_may_do_to_an_environment_is_said() {
        let (_, said) = said(&environment("dev"), DEV);
        insta::assert_snapshot!(said);
    }

    #[test]
    fn what_is_encrypted_and_limited_or_for_few_is_no_warning() {
        assert_eq!(said(&environment("prod"), PROD).0, Level::Fine);
        let few = Environment { open: false, ..environment("dev") };
        assert_eq!(said(&few, DEV).0, Level::Fine);
    }

    #[test]
    fn encryption_alone_is_no_limit() {
        let (level, said) = said(&environment("prod"), DEV);
        assert_eq!(level, Level::Warning);
        assert!(said.contains("`frontend`, as often as they like\n") && !said.contains("domain.name"), "{said}");
    }

    #[test]
    fn a_firewall_without_a_limit_is_none() {
        let mut root: Value = serde_json::from_slice(PROD).unwrap();
        root["resource"]["aws_wafv2_web_acl"]["main"]["rule"]
            .as_array_mut()
            .unwrap()
            .retain(|one| one["name"] != "rate-limit");
        assert!(!is_limited(&root));
    }
}
