//! What `infra.nix` is rendered to: this repository's own and the golden stacks. Needs no Nix.

mod machine;
mod policies;
mod secrets;

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::built::workspace;

/// A JSON file that was rendered.
struct Document {
    path: PathBuf,
    value: Value,
}

/// Every one of them.
fn documents() -> Vec<Document> {
    let mut paths = Vec::new();
    let mut directories = vec![workspace().join("nix/rendered"), workspace().join("nix/golden/stacks")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    let read = |path: PathBuf| {
        let value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        Document { path, value }
    };
    paths.into_iter().map(read).collect()
}

/// Calls `f` with every string below `value`, in JSON within strings too, and the key that it has.
fn strings(value: &Value, key: &str, f: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) => {
            f(key, text);
            if let Some(inner) = embedded(text) {
                strings(&inner, key, f);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, key, f)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| strings(value, key, f)),
        _ => {}
    }
}

/// The document that a string holds, as policies and containers do.
fn embedded(text: &str) -> Option<Value> {
    text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}
