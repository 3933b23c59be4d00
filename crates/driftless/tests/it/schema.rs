//! What `--json` prints is what docs/schemas says, wherever a test has it printed.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use jsonschema::Validator;
use serde_json::Value;

use crate::built::workspace;

/// Commands and the schema of what they print, and whether they print a line for each event or one document.
const DOCUMENTS: [(&str, &str, bool); 37] = [
    ("apply", "deploy", false),
    ("bundle", "release", false),
    ("cost", "cost", false),
    ("conform", "conform", false),
    ("deploy", "deploy", false),
    ("diff", "diff", false),
    ("doctor", "doctor", false),
    ("drift", "drift", false),
    ("explain access", "explain-access", false),
    ("explain needs", "explain-needs", false),
    ("explain reach", "explain-reach", false),
    ("explain ways", "explain-ways", false),
    ("image build", "image-build", false),
    ("image diff", "image-diff", false),
    ("image inspect", "image-inspect", false),
    ("image pull", "transfer", true),
    ("image push", "transfer", true),
    ("image signatures", "image-signatures", false),
    ("image verify", "image-verify", false),
    ("logs", "logs", true),
    ("pause", "deploy", false),
    ("plan", "plan", false),
    ("promote", "deploy", false),
    ("push", "transfer", true),
    ("rehearse", "rehearse", false),
    ("releases", "releases", false),
    ("resume", "deploy", false),
    ("rollback", "deploy", false),
    ("scale", "deploy", false),
    ("secrets list", "secrets-list", false),
    ("secrets set", "deploy", false),
    ("status", "status", false),
    ("status --env", "status-env", false),
    ("status -e", "status-env", false),
    ("up", "up", false),
    ("verify", "verify", false),
    ("watch", "watch", true),
];

fn schemas() -> PathBuf {
    workspace().join("docs/schemas")
}

fn validator(name: &str) -> Validator {
    let path = schemas().join(format!("{name}.schema.json"));
    let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema: Value = serde_json::from_slice(&text).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Holds what `command` wrote to standard output against its schema, if `--json` is among the arguments of `driftless`.
pub(crate) fn check(command: &Command, out: &str) {
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    let is_ours = command.get_program().to_string_lossy() == env!("CARGO_BIN_EXE_driftless");
    if !is_ours || out.is_empty() || !arguments.iter().any(|argument| argument == "--json") {
        return;
    }
    let words = arguments.join(" ");
    let fits = |(name, ..): &&(&str, &str, bool)| {
        let mut named = name.split(' ');
        named.next() == arguments.first().map(AsRef::as_ref) && named.all(|word| arguments.iter().any(|it| it == word))
    };
    let found = DOCUMENTS.iter().filter(fits).max_by_key(|(name, ..)| name.len());
    let Some((_, name, lines)) = found else { panic!("no schema for what `driftless {words}` prints: {out}") };
    let validator = validator(name);
    let documents = if *lines { out.lines().collect() } else { vec![out] };
    for text in documents {
        let document: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{words}: {error}: {text}"));
        let faults: Vec<_> =
            validator.iter_errors(&document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(
            faults.is_empty(),
            "`driftless {words}` does not print what {name}.schema.json says:\n{faults:#?}\n{text}"
        );
    }
}

#[test]
fn every_schema_is_one_and_is_of_a_command() {
    let named: BTreeSet<_> = DOCUMENTS.iter().map(|(_, name, _)| *name).collect();
    for name in &named {
        validator(name);
        let schema = fs::read_to_string(schemas().join(format!("{name}.schema.json"))).unwrap();
        let forms: Value = serde_json::from_str(&schema).unwrap();
        let choices = ["oneOf", "anyOf"].iter().find_map(|choice| forms[choice].as_array().cloned());
        let forms = choices.unwrap_or_else(|| vec![forms]);
        // A line of a log is told from another by nothing but its members.
        let versioned =
            forms.iter().all(|form| form["required"].as_array().is_some_and(|it| it.contains(&"schema".into())));
        assert!(versioned || *name == "logs", "{name}: a document that may have no version");
    }
    let there: BTreeSet<_> = fs::read_dir(schemas())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".schema.json", ""))
        .collect();
    assert_eq!(named.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), there);
}

#[test]
fn what_a_schema_does_not_say_is_found() {
    let drift = validator("drift");
    let good = serde_json::json!({ "schema": 1, "environment": "dev", "resources": [] });
    assert!(drift.is_valid(&good));
    for (member, value) in [("schema", 2.into()), ("environment", Value::Null), ("more", true.into())] {
        let mut bad = good.clone();
        bad[member] = value;
        assert!(!drift.is_valid(&bad), "{bad}");
    }
}
