//! Documents and lines: of registries, AWS, Terraform, Nix, and of the state bucket.

use cloud::{
    record::Record,
    rollout::Cause,
    terraform::{Plan, State, Summary},
};
use engine::router::{ListenerRule, PathPattern, Router, Settings};
use model::{release::Release, stack::Stack, text};
use registry::{
    Reference,
    signing::{Bundle, Provenance, PublicKey, Statement},
};

pub(crate) fn challenge(bytes: &[u8]) {
    let _ = str::from_utf8(bytes).map(registry::hooks::challenge);
}

pub(crate) fn token(bytes: &[u8]) {
    registry::hooks::token(bytes);
}

/// A reference that is understood is understood again as it is written, as the same.
pub(crate) fn reference(bytes: &[u8]) {
    let Some(parsed) = str::from_utf8(bytes).ok().and_then(|text| text.parse::<Reference>().ok()) else { return };
    assert_eq!(parsed.to_string().parse::<Reference>().ok(), Some(parsed));
}

/// A stack that is accepted is accepted again as it is written, as the same.
pub(crate) fn stack(bytes: &[u8]) {
    let Ok(stack) = Stack::parse(bytes) else { return };
    let written = serde_json::to_vec(&stack).expect("a stack has nothing that JSON has not");
    assert_eq!(Stack::parse(&written).ok(), Some(stack));
}

pub(crate) fn terraform(bytes: &[u8]) {
    cloud::terraform::hooks::apply(&String::from_utf8_lossy(bytes));
}

pub(crate) fn plan(bytes: &[u8]) {
    let _ = State::parse(bytes);
    let Ok(plan) = serde_json::from_slice::<Plan>(bytes) else { return };
    let summary = Summary::of("dev", &plan);
    assert!(summary.data_loss().count() <= plan.changes().count());
    let _ = (summary.text(), plan.existing(), plan.image("backend"));
}

/// The first line is a pattern, of paths or hosts, the others are asked of it.
pub(crate) fn rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let pattern = lines.next().unwrap_or_default();
    let router = Router::new(Settings::default());
    router.add_group("g");
    let rule = ListenerRule {
        priority: 1,
        paths: vec![pattern.to_owned()],
        hosts: vec![pattern.to_owned()],
        group: "g".to_owned(),
    };
    let accepted = router.set_rules(vec![rule]).is_ok();
    let pattern = PathPattern::new(pattern);
    assert!(!accepted || pattern.is_ok(), "rules are made of patterns");
    let Ok(pattern) = pattern else { return };
    for line in lines {
        let _ = pattern.matches(line);
    }
}

/// What tasks wrote is printed as what harms no terminal.
pub(crate) fn events(bytes: &[u8]) {
    for event in aws::hooks::log_events(bytes).into_iter().flatten() {
        let line = text::harmless(&event.message);
        assert!(!line.chars().any(text::is_hidden));
        let _ = (Cause::of_complaint(&event.message), Cause::of_deployment(&event.message).words());
    }
}

pub(crate) fn answers(bytes: &[u8]) {
    for group in aws::hooks::target_groups(bytes).into_iter().flatten() {
        let _ = group.load_balancer();
    }
}

/// What CI or another machine wrote to the state bucket, or what is in a bundle; and questions to the judge.
pub(crate) fn record(bytes: &[u8]) {
    if let Ok(record) = serde_json::from_slice::<Record>(bytes) {
        let _ = (record.kind.words(), record.release.check());
    }
    if let Ok(release) = serde_json::from_slice::<Release>(bytes) {
        let _ = release.check();
    }
    if let Ok(question) = serde_json::from_slice(bytes) {
        judge::Session::default().answer(&question);
    }
}

/// What a key has signed is still that as it is written.
pub(crate) fn signature(bytes: &[u8]) {
    let key = include_bytes!("../../signing/tests/keys/one.pub");
    let key = PublicKey::from_pem(key).expect("it is a key");
    let _ = PublicKey::from_pem(bytes).map(|key| key.pem());
    let Some(bundle) = Bundle::parse(bytes).ok() else { return };
    let Ok(statement) = bundle.statement(&key) else { return };
    let again = Bundle::parse(&bundle.json()).and_then(|again| again.statement(&key));
    assert_eq!(again.ok(), Some(statement));
}

pub(crate) fn statement(bytes: &[u8]) {
    let Ok(statement) = serde_json::from_slice::<Statement>(bytes) else { return };
    let about = statement.is_about(statement.predicate_type(), oci::Digest::of(bytes));
    assert!(about.is_err(), "no statement has its own digest in it");
    let _ = (statement.name(), Provenance::read(&statement));
}
