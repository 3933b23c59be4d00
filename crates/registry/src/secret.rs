//! Passwords and tokens.

use std::fmt;

/// A password or token. It has no `Display`, and its `Debug` is `Secret(…)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`, which stays secret as long as nobody else has a copy.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret in plain text, for the header that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
