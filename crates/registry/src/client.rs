//! The client of one registry.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Method, Response, StatusCode, Url};
use serde::Deserialize;

use hint::Remedy;

use super::{
    Endpoint, Events, Login, Settings, Traffic, TransferEvent, Trust,
    auth::Auth,
    error::Error,
    http::Http,
    request::{Body, Request},
    retry,
};

/// Attempts to sign in for one request: to learn how, because a token has expired, and because a concurrent request has
/// replaced the new one.
const SIGN_INS: usize = 3;

/// Longest error message of a registry that is quoted, in characters.
const QUOTED: usize = 500;

/// The client of one registry, signed in as one user. Everything that is done with it shares its connections, tokens and
/// counters.
pub struct Registry {
    endpoint: Endpoint,
    pub(super) http: Http,
    auth: Auth,
    events: Events,
}

impl Registry {
    /// A client of the registry at `endpoint`. Sends nothing yet: `login` is asked once the registry wants credentials.
    pub fn new(endpoint: Endpoint, login: Arc<dyn Login>, trust: Trust, settings: Settings, events: Events) -> Self {
        let auth = Auth::new(&endpoint, login);
        Self { http: Http::new(&endpoint, trust, settings, Traffic::default()), auth, endpoint, events }
    }

    /// The address that the client was created with.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Requests and bytes so far.
    pub fn traffic(&self) -> &Traffic {
        &self.http.traffic
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.http.settings
    }

    pub(super) fn report(&self, event: TransferEvent) {
        self.events.send(event);
    }

    /// Sends a [`TransferEvent::Warning`].
    pub fn warn(&self, message: String) {
        self.report(TransferEvent::Warning { message });
    }

    pub(super) fn events(&self) -> &Events {
        &self.events
    }

    /// The URL of `path` in `repository`, such as `blobs/sha256:…`.
    pub(super) fn url(&self, repository: &str, path: &str) -> Url {
        let root = self.endpoint.url();
        root.join(&format!("{repository}/{path}")).expect("names of repositories and tags are URL paths")
    }

    /// Sends `request`, and signs in if the registry wants that. Every status but 401 is returned.
    pub(super) async fn send(&self, request: &Request) -> Result<Response, Error> {
        let ours = request.url.origin() == self.endpoint.url().origin();
        let mut header = if ours { self.auth.header(&self.http, &request.scope).await? } else { None };
        for _ in 0..SIGN_INS {
            let response = self.http.send(request, header.as_ref()).await?;
            if response.status() != StatusCode::UNAUTHORIZED || !ours {
                return Ok(response);
            }
            let fresh = self.auth.challenged(&self.http, &request.scope, &response, header.as_ref()).await?;
            header = Some(match fresh {
                Some(fresh) => fresh,
                None => return Err(self.auth.refused(&request.scope).await),
            });
            if matches!(request.body, Body::Upload(_)) {
                return Err(Error::Expired { request: request.to_string() });
            }
        }
        let response = self.http.send(request, header.as_ref()).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            Err(self.auth.refused(&request.scope).await)
        } else {
            Ok(response)
        }
    }

    /// Repeats `step` as [`Settings`] say, with an event for each further attempt.
    pub(super) async fn retrying<T, F: Future<Output = Result<T, Error>>>(
        &self,
        step: impl Fn() -> F,
    ) -> Result<T, Error> {
        let report = |failure: &Error, pause: Duration| {
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            self.report(TransferEvent::Retry { reason: described(failure), pause_ms });
        };
        retry::retrying(self.settings(), report, step).await
    }

    /// The error that a response stands for.
    pub(super) async fn refusal(&self, request: &Request, response: Response) -> Error {
        let (status, retry_after) = (response.status(), retry::after(&response));
        let body = match request.method {
            Method::HEAD => Vec::new(),
            // The status is enough if the body cannot be read.
            _ => self.http.document(request, response).await.unwrap_or_default(),
        };
        let (codes, message) = words(&body);
        let message = if message.is_empty() { message } else { format!(": {}", self.auth.redact(&message)) };
        let remedy = remedy(status, &codes);
        Error::Refused { request: request.to_string(), status, codes, message, retry_after, remedy }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// An error and its cause in one line.
fn described(failure: &Error) -> String {
    use std::error::Error as _;
    let cause =
        failure.source().filter(|cause| !cause.is::<Remedy>()).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{failure}{cause}")
}

/// What to do about a refusal.
fn remedy(status: StatusCode, codes: &[String]) -> Option<Remedy> {
    let hint = match status {
        StatusCode::NOT_FOUND if codes.iter().any(|code| code == "NAME_UNKNOWN") => {
            "create the repository first: this registry does not create it on push"
        }
        StatusCode::FORBIDDEN => "the user has no permission; sign in as another user, or ask for the permission",
        StatusCode::TOO_MANY_REQUESTS => "the registry limits the rate of requests; try again later",
        StatusCode::PAYLOAD_TOO_LARGE => {
            "raise the limit on the size of a blob in the registry or in the proxy before it"
        }
        status if status.is_server_error() => "the registry has a problem; try again later",
        _ => return None,
    };
    Some(hint.into())
}

#[derive(Deserialize)]
struct ErrorList {
    errors: Vec<ErrorEntry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorEntry {
    code: String,
    message: String,
}

/// Codes and messages of an error response. Control characters are removed: the text is printed to a terminal.
fn words(body: &[u8]) -> (Vec<String>, String) {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let harmless = |text: &str| -> String { text.trim().chars().take(QUOTED).map(plain).collect() };
    let Ok(ErrorList { errors }) = serde_json::from_slice(body) else {
        let text = String::from_utf8_lossy(body);
        // A proxy's HTML page is not a message.
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
