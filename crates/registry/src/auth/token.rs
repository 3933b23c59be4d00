//! Bearer tokens from a token service. <https://distribution.github.io/distribution/spec/auth/token/>

use std::time::{Duration, Instant};

use reqwest::{Method, Url};
use serde::Deserialize;

use super::{Credentials, header, header::Hidden};
use crate::{
    Secret,
    endpoint::is_loopback,
    error::Error,
    http::Http,
    request::{Body, Request},
};

/// Seconds that a token is valid if its service does not say how long.
const DEFAULT_LIFE: u64 = 60;

/// Seconds after which a token is renewed, however long it is valid.
const LONGEST_LIFE: u64 = 24 * 60 * 60;

/// What a Bearer challenge says about where to get tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenService {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    /// The scope that the registry wants.
    pub(super) scope: Option<String>,
}

/// A token and the time at which it counts as expired.
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
    /// What a token service answered; otherwise what is wrong with it.
    pub(super) fn read(answer: &[u8]) -> Result<Self, &'static str> {
        let answer: Answer =
            serde_json::from_slice(answer).map_err(|_| "the response of the token service is not valid")?;
        let secret = answer.token.or(answer.access_token).filter(|token| !token.is_empty());
        let secret = Secret::new(secret.ok_or("the response of the token service contains no token")?);
        // A tenth early: the token has to arrive before it expires.
        let life = Duration::from_secs(answer.expires_in.unwrap_or(DEFAULT_LIFE).min(LONGEST_LIFE)).mul_f32(0.9);
        Ok(Self { secret, until: Instant::now() + life })
    }

    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

impl TokenService {
    /// Fetches a token for `scope`.
    pub(super) async fn token(
        &self,
        http: &Http,
        scope: &str,
        credentials: &Credentials,
        hidden: &Hidden,
    ) -> Result<Token, Error> {
        let failed = |reason: String| Error::SignIn { registry: self.realm.clone(), reason, remedy: None };
        let realm =
            Url::parse(&self.realm).map_err(|_| failed("the address of the token service is not a URL".to_owned()))?;
        if realm.scheme() != "https" && !is_loopback(&realm) && *credentials != Credentials::Anonymous {
            return Err(failed("credentials are not sent over plain HTTP".to_owned()));
        }
        let request = self.request(realm, scope, credentials);
        let response = http.send(&request, header::basic(credentials).as_ref()).await?;
        let status = response.status();
        let retry_after = crate::retry::after(&response);
        let body = http.document(&request, response).await?;
        if !status.is_success() {
            if status.is_client_error() && status.as_u16() != 429 {
                return Err(Error::SignIn {
                    registry: self.realm.clone(),
                    reason: format!("the token service answered with {status}"),
                    remedy: Some("check the user, the password, and the user's permissions".into()),
                });
            }
            let (request, message) = (request.to_string(), String::new());
            return Err(Error::Refused { request, status, codes: Vec::new(), message, retry_after, remedy: None });
        }
        let token = Token::read(&body).map_err(|reason| failed(reason.to_owned()))?;
        hidden.add(token.secret.expose());
        Ok(token)
    }

    fn request(&self, mut realm: Url, scope: &str, credentials: &Credentials) -> Request {
        let ours: Vec<_> = scope.split(' ').filter(|scope| !scope.is_empty()).collect();
        let theirs = self.scope.as_deref().filter(|_| ours.is_empty());
        let service = self.service.as_deref().map(|service| ("service", service));
        let scopes = ours.into_iter().chain(theirs).map(|scope| ("scope", scope));
        let Credentials::Identity(token) = credentials else {
            realm.query_pairs_mut().extend_pairs(service.into_iter().chain(scopes));
            return Request::new(Method::GET, realm, String::new());
        };
        // Forms are encoded like queries.
        let mut form = Url::parse("form:").expect("a scheme alone is a URL");
        let fixed = [("grant_type", "refresh_token"), ("client_id", "driftless"), ("refresh_token", token.expose())];
        form.query_pairs_mut().extend_pairs(fixed).extend_pairs(service.into_iter().chain(scopes));
        let form = form.query().unwrap_or_default().as_bytes().to_vec();
        Request::new(Method::POST, realm, String::new()).with("application/x-www-form-urlencoded", Body::Secret(form))
    }
}
