//! Tokens from a token service. <https://distribution.github.io/distribution/spec/auth/token/>

use std::time::{Duration, Instant};

use reqwest::{Method, Url};
use serde::Deserialize;

use super::{Credentials, header, header::Hidden};
use crate::registry::{
    Secret,
    call::{Call, Content},
    endpoint::is_loopback,
    failure::Failure,
    wire::Wire,
};

/// How long a token lasts if its service does not say so.
const DEFAULT_LIFE: u64 = 60;

/// Where tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenService {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    /// What the registry says that the token must allow.
    pub(super) scope: Option<String>,
}

/// A token, until it expires.
pub(super) struct Token {
    pub(super) secret: Secret,
    until: Instant,
}

#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl Token {
    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

impl TokenService {
    /// Fetches a token for `scope`.
    pub(super) async fn token(
        &self,
        wire: &Wire,
        scope: &str,
        credentials: &Credentials,
        hidden: &Hidden,
    ) -> Result<Token, Failure> {
        let refused = |reason: String| Failure::SignIn { registry: self.realm.clone(), reason };
        let realm = Url::parse(&self.realm).map_err(|_| refused("it is no address".to_owned()))?;
        if realm.scheme() != "https" && !is_loopback(&realm) && *credentials != Credentials::Anonymous {
            return Err(refused("credentials are not sent in plain HTTP".to_owned()));
        }
        let call = self.call(realm, scope, credentials);
        let response = wire.exchange(&call, header::basic(credentials).as_ref()).await?;
        let status = response.status();
        let retry_after = crate::registry::retry::after(&response);
        let body = wire.document(&call, response).await?;
        if !status.is_success() {
            if status.is_client_error() && status.as_u16() != 429 {
                return Err(refused(format!(
                    "the token service answered {status}\nhint: check the user and the password, and what they may do"
                )));
            }
            let said = String::new();
            return Err(Failure::Refused { request: call.to_string(), status, codes: Vec::new(), said, retry_after });
        }
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|_| refused("its answer is not understood".to_owned()))?;
        let secret = answer.token.or(answer.access_token).filter(|token| !token.is_empty());
        let secret = Secret::new(secret.ok_or_else(|| refused("its answer holds no token".to_owned()))?);
        hidden.add(secret.expose());
        // A tenth early: it has to arrive, too.
        let life = Duration::from_secs(answer.expires_in.unwrap_or(DEFAULT_LIFE)).mul_f32(0.9);
        Ok(Token { secret, until: Instant::now() + life })
    }

    fn call(&self, mut realm: Url, scope: &str, credentials: &Credentials) -> Call {
        let ours: Vec<_> = scope.split(' ').filter(|scope| !scope.is_empty()).collect();
        let theirs = self.scope.as_deref().filter(|_| ours.is_empty());
        let service = self.service.as_deref().map(|service| ("service", service));
        let scopes = ours.into_iter().chain(theirs).map(|scope| ("scope", scope));
        let Credentials::Identity(token) = credentials else {
            realm.query_pairs_mut().extend_pairs(service.into_iter().chain(scopes));
            return Call::new(Method::GET, realm, String::new());
        };
        // A form, written by what writes queries.
        let mut form = Url::parse("form:").expect("a scheme alone is a URL");
        let fixed = [("grant_type", "refresh_token"), ("client_id", "driftless"), ("refresh_token", token.expose())];
        form.query_pairs_mut().extend_pairs(fixed).extend_pairs(service.into_iter().chain(scopes));
        let form = form.query().unwrap_or_default().as_bytes().to_vec();
        Call::new(Method::POST, realm, String::new()).with("application/x-www-form-urlencoded", Content::Bytes(form))
    }
}
