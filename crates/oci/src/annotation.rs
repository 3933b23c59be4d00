//! Annotations as a caller gives them.

use std::collections::BTreeMap;

use crate::Error;

/// Checks keys: not empty, no spaces or control characters, so that they stay readable in a manifest.
pub(crate) fn check(annotations: &BTreeMap<String, String>) -> Result<(), Error> {
    let refuse = |key: &str, reason| Err(Error::Annotation { annotation: key.to_owned(), reason });
    for (key, value) in annotations {
        if key.is_empty() {
            return refuse(key, "has no key");
        }
        if key.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return refuse(key, "has a key with a space or a control character");
        }
        if value.chars().any(char::is_control) {
            return refuse(key, "has a value with a control character");
        }
    }
    Ok(())
}
