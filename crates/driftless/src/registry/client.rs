//! A registry as one user sees it.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Method, Response, StatusCode, Url};
use serde::Deserialize;

use super::{
    Endpoint, Event, Events, Login, Settings, Traffic, Trust,
    auth::Auth,
    call::{Call, Content},
    failure::Failure,
    retry,
    wire::Wire,
};

/// Once to learn how to sign in, once because what we had has expired, once more because a call beside this one used up
/// what we got.
const SIGN_INS: usize = 3;

/// Characters of a registry's own words that are repeated in an error.
const QUOTED: usize = 500;

/// A client of one registry. Connections, tokens and counters are shared by everything that is done with it.
pub struct Registry {
    endpoint: Endpoint,
    pub(super) wire: Wire,
    auth: Auth,
    events: Events,
}

impl Registry {
    /// The registry at `endpoint`, as the user that `login` knows.
    pub fn new(endpoint: Endpoint, login: Arc<dyn Login>, trust: Trust, settings: Settings, events: Events) -> Self {
        let auth = Auth::new(endpoint.authority().to_owned(), login);
        Self { wire: Wire::new(trust, settings, Traffic::default()), auth, endpoint, events }
    }

    /// Where it is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What was sent to it so far.
    pub fn traffic(&self) -> &Traffic {
        &self.wire.traffic
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.wire.settings
    }

    pub(super) fn tell(&self, event: Event) {
        self.events.tell(event);
    }

    /// Tells of something that did not work and that the rest does not depend on.
    pub fn warn(&self, message: String) {
        self.tell(Event::Warning { message });
    }

    pub(super) fn events(&self) -> &Events {
        &self.events
    }

    /// The address of something in `repository`, such as `blobs/sha256:…`.
    pub(super) fn url(&self, repository: &str, path: &str) -> Url {
        let root = self.endpoint.url();
        root.join(&format!("{repository}/{path}")).expect("names of repositories and tags are parts of a path")
    }

    /// Sends `call`, signing in if the registry asks for it. Any answer but 401 is one.
    pub(super) async fn send(&self, call: &Call) -> Result<Response, Failure> {
        let ours = call.url.origin() == self.endpoint.url().origin();
        let mut header = if ours { self.auth.header(&self.wire, &call.scope).await? } else { None };
        for _ in 0..SIGN_INS {
            let response = self.wire.exchange(call, header.as_ref()).await?;
            if response.status() != StatusCode::UNAUTHORIZED || !ours {
                return Ok(response);
            }
            let fresh = self.auth.challenged(&self.wire, &call.scope, &response, header.as_ref()).await?;
            header = Some(match fresh {
                Some(fresh) => fresh,
                None => return Err(self.auth.refused().await),
            });
            if matches!(call.content, Content::Blob(_)) {
                return Err(Failure::Expired { request: call.to_string() });
            }
        }
        let response = self.wire.exchange(call, header.as_ref()).await?;
        if response.status() == StatusCode::UNAUTHORIZED { Err(self.auth.refused().await) } else { Ok(response) }
    }

    /// Tries `step` again as often as makes sense, and tells of it.
    pub(super) async fn retrying<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        step: impl Fn() -> F,
    ) -> Result<T, Failure> {
        let told = |failure: &Failure, pause: Duration| {
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            self.tell(Event::Retry { reason: told(failure), pause_ms });
        };
        retry::retrying(self.settings(), told, step).await
    }

    /// The error that an answer means.
    pub(super) async fn refusal(&self, call: &Call, response: Response) -> Failure {
        let (status, retry_after) = (response.status(), retry::after(&response));
        let body = match call.method {
            Method::HEAD => Vec::new(),
            // The status says enough if the rest cannot be had.
            _ => self.wire.document(call, response).await.unwrap_or_default(),
        };
        let (codes, said) = words(&body);
        let said = if said.is_empty() { said } else { format!(": {}", self.auth.redact(&said)) };
        let said = said + hint(status, &codes);
        Failure::Refused { request: call.to_string(), status, codes, said, retry_after }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A failure and its cause in one line.
fn told(failure: &Failure) -> String {
    use std::error::Error;
    let cause = failure.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{failure}{cause}")
}

/// What to do about a refusal.
fn hint(status: StatusCode, codes: &[String]) -> &'static str {
    match status {
        StatusCode::NOT_FOUND if codes.iter().any(|code| code == "NAME_UNKNOWN") => {
            "\nhint: make the repository first, this registry does not make it by itself"
        }
        StatusCode::FORBIDDEN => "\nhint: these credentials may not do that; sign in as somebody who may",
        StatusCode::TOO_MANY_REQUESTS => "\nhint: the registry limits requests; wait, and run it again",
        StatusCode::PAYLOAD_TOO_LARGE => "\nhint: the registry, or a proxy before it, limits the size of a blob",
        status if status.is_server_error() => "\nhint: the registry is in trouble; run it again later",
        _ => "",
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Error>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error {
    code: String,
    message: String,
}

/// Codes and words of an error answer. Whatever they are, they are made harmless for a terminal.
fn words(body: &[u8]) -> (Vec<String>, String) {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let harmless = |text: &str| -> String { text.trim().chars().take(QUOTED).map(plain).collect() };
    let Ok(Errors { errors }) = serde_json::from_slice(body) else {
        let text = String::from_utf8_lossy(body);
        // A page of a proxy is no sentence.
        return (Vec::new(), if text.contains('<') { String::new() } else { harmless(&text) });
    };
    let said: Vec<_> = errors.iter().map(|error| harmless(&format!("{} {}", error.code, error.message))).collect();
    (errors.into_iter().map(|error| error.code).collect(), said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_a_registry_without_its_control_characters() {
        let (codes, said) =
            words(br#"{"errors":[{"code":"DENIED","message":"no\u001b[2J","detail":{}},{"code":"X"}]}"#);
        assert_eq!((codes, said), (vec!["DENIED".to_owned(), "X".to_owned()], "DENIED no [2J; X".to_owned()));
        assert_eq!(words(b"upstream gone\n").1, "upstream gone");
        assert_eq!(words(b"<html>502</html>").1, "");
        assert_eq!(words(&[b'a'; 2000]).1.len(), QUOTED);
    }
}
