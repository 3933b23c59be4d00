//! Nothing that was rendered holds what is nobody's to read, or what is on one machine only.

use serde_json::{Value, json};

use super::{documents, strings};

/// What is wrong with `text`, the value of `key`.
fn fault(key: &str, text: &str) -> Option<&'static str> {
    // Values that only refer to something, or name it.
    let refers = text.starts_with("${") || text.starts_with("arn:") || text.is_empty();
    let named = ["password", "secret", "token", "private_key", "access_key", "api_key"];
    // Of EFS: no more than a name.
    let harmless = ["creation_token"];
    let key = key.to_lowercase();
    let is_key = |text: &str| {
        let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        text.match_indices("AKIA").any(|(at, _)| text[at..].chars().take_while(|c| upper(*c)).count() >= 20)
    };
    [
        (text.contains("/nix/store/"), "a path of the Nix store"),
        (text.contains("-----BEGIN"), "a PEM block"),
        (is_key(text), "an access key"),
        (has_password(text), "an address with a password"),
        (!refers && !harmless.contains(&&*key) && named.iter().any(|name| key.ends_with(name)), "a secret by its name"),
    ]
    .into_iter()
    .find_map(|(found, what)| found.then_some(what))
}

/// Whether `text` is an address that someone signs in with.
fn has_password(text: &str) -> bool {
    let authority = text.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next());
    let user = authority.and_then(|authority| authority.split_once('@'));
    let password = user.and_then(|(user, _)| user.split_once(':'));
    password.is_some_and(|(_, password)| !password.is_empty() && !password.starts_with("${"))
}

fn faults(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    strings(value, "", &mut |key, text| {
        if let Some(what) = fault(key, text) {
            found.push(format!("{what} in `{key}`"));
        }
    });
    found
}

/// Containers hold variables as pairs: `name` and `value`. Their values are read under their names.
fn variables(value: &Value) -> Value {
    match value {
        Value::String(text) => super::embedded(text).as_ref().map_or_else(|| value.clone(), variables),
        Value::Array(values) => values.iter().map(variables).collect(),
        Value::Object(fields) => match (fields.get("name"), fields.get("value")) {
            (Some(Value::String(name)), Some(value)) => json!({ name: value }),
            _ => fields.iter().map(|(key, value)| (key.clone(), variables(value))).collect(),
        },
        _ => value.clone(),
    }
}

#[test]
fn nothing_that_is_rendered_holds_a_secret_or_a_path_of_the_store() {
    for document in documents() {
        // In stack.json, a secret has the name that Secrets Manager knows it by.
        if document.path.ends_with("stack.json") {
            let text = document.value.to_string();
            assert!(!text.contains("/nix/store/"), "{}", document.path.display());
            continue;
        }
        assert_eq!(faults(&variables(&document.value)), [""; 0], "{}", document.path.display());
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for (planted, found) in [
        (json!({ "a": "see /nix/store/x" }), "a path of the Nix store in `a`"),
        (json!(["-----BEGIN PRIVATE KEY-----"]), "a PEM block in ``"),
        (json!({ "a": { "b": "AKIAIOSFODNN7EXAMPLE" } }), "an access key in `b`"),
        (json!({ "url": "postgresql://app:hunter2@host/db" }), "an address with a password in `url`"),
        (json!({ "master_password": "hunter2" }), "a secret by its name in `master_password`"),
        (
            json!({ "container_definitions": "[{\"environment\":[{\"name\":\"API_TOKEN\",\"value\":\"123\"}]}]" }),
            "a secret by its name in `API_TOKEN`",
        ),
    ] {
        assert_eq!(faults(&variables(&planted)), [found]);
    }
    assert_eq!(faults(&json!({ "password": "${aws_x.y.z}", "url": "https://host/a@b:c" })), [""; 0]);
}
