//! The `Authorization` header, and the secrets that must not appear anywhere else.

use std::sync::{Mutex, PoisonError};

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::HeaderValue;

use super::Credentials;
use crate::Secret;

/// Shorter secrets are not redacted: they would match anywhere.
const SHORTEST_HIDDEN: usize = 4;

/// The value for Basic authentication; none for credentials without a password.
pub(super) fn basic(credentials: &Credentials) -> Option<HeaderValue> {
    let Credentials::Password { user, password } = credentials else { return None };
    sensitive(&format!("Basic {}", encoded(user, password)))
}

/// The value for a Bearer token.
pub(super) fn bearer(token: &Secret) -> HeaderValue {
    sensitive(&format!("Bearer {}", token.expose())).unwrap_or_else(|| HeaderValue::from_static("Bearer"))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn encoded(user: &str, password: &Secret) -> String {
    BASE64_STANDARD.encode(format!("{user}:{}", password.expose()))
}

/// The secrets that were sent. A registry may quote them in an error.
#[derive(Default)]
pub(super) struct Hidden(Mutex<Vec<String>>);

impl Hidden {
    pub(super) fn add(&self, secret: &str) {
        let mut hidden = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.len() >= SHORTEST_HIDDEN && !hidden.iter().any(|known| known == secret) {
            hidden.push(secret.to_owned());
        }
    }

    pub(super) fn add_credentials(&self, credentials: &Credentials) {
        match credentials {
            Credentials::Anonymous => {}
            Credentials::Password { user, password } => {
                self.add(&encoded(user, password));
                self.add(password.expose());
            }
            Credentials::Identity(token) => self.add(token.expose()),
        }
    }

    pub(super) fn redact(&self, text: &str) -> String {
        let hidden = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hidden.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "(hidden)"))
    }
}
