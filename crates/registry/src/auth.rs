//! Signing in: Basic or Bearer, whichever the registry wants.

mod challenge;
mod docker;
mod header;
mod helper;
#[cfg(feature = "test-hooks")]
pub mod hooks;
mod login;
mod token;

use std::{collections::BTreeMap, sync::Arc};

use hint::ErrorReport;
use reqwest::{
    Response,
    header::{HeaderValue, WWW_AUTHENTICATE},
};
use tokio::sync::Mutex;

use self::{challenge::Challenge, header::Hidden, token::Token};
pub use self::{
    docker::Docker,
    login::{Credentials, Login, NoLogin, Password},
};
use super::{Endpoint, error::Error, http::Http};

/// Credentials and tokens of one registry.
pub(super) struct Auth {
    registry: String,
    /// True if nobody on the way to the registry can read what is sent.
    private: bool,
    login: Arc<dyn Login>,
    state: Mutex<State>,
    hidden: Hidden,
}

#[derive(Default)]
struct State {
    /// What the registry wants; none until it has answered with 401.
    challenge: Option<Challenge>,
    /// By repository, or under no name those of all.
    credentials: BTreeMap<String, Credentials>,
    tokens: BTreeMap<String, Token>,
}

impl Auth {
    pub(super) fn new(endpoint: &Endpoint, login: Arc<dyn Login>) -> Self {
        let (registry, private) = (endpoint.authority().to_owned(), endpoint.is_private());
        Self { registry, private, login, state: Mutex::default(), hidden: Hidden::default() }
    }

    /// The header for a request with this scope; none as long as the registry wants none.
    pub(super) async fn header(&self, http: &Http, scope: &str) -> Result<Option<HeaderValue>, Error> {
        let mut state = self.state.lock().await;
        if state.challenge.is_none() && self.login.at_once() {
            state.challenge = Some(Challenge::Basic);
        }
        self.answer(&mut state, http, scope).await
    }

    /// The header for a second attempt, after a response with 401; none if it would be the one that was used.
    pub(super) async fn challenged(
        &self,
        http: &Http,
        scope: &str,
        response: &Response,
        used: Option<&HeaderValue>,
    ) -> Result<Option<HeaderValue>, Error> {
        let challenges = response.headers().get_all(WWW_AUTHENTICATE);
        let challenge = Challenge::choose(challenges.iter().filter_map(|value| value.to_str().ok()));
        let challenge = challenge.ok_or_else(|| self.error("it supports neither Basic nor Bearer authentication"))?;
        let mut state = self.state.lock().await;
        state.challenge = Some(challenge);
        // A concurrent request may have had the same response, and may have signed in already.
        let known = self.answer(&mut state, http, scope).await?;
        if known.as_ref() != used {
            return Ok(known);
        }
        state.tokens.remove(scope);
        state.credentials.remove(self.owner(scope));
        let fresh = self.answer(&mut state, http, scope).await?;
        Ok(fresh.filter(|fresh| Some(fresh) != used))
    }

    /// The error of a request that was refused with all credentials.
    pub(super) async fn refused(&self, scope: &str) -> Error {
        let state = self.state.lock().await;
        self.error(match state.credentials.get(self.owner(scope)) {
            None | Some(Credentials::Anonymous) => "it requires credentials, and none are configured",
            _ => "it does not accept the credentials",
        })
    }

    /// `text` without the secrets that were sent.
    pub(super) fn redact(&self, text: &str) -> String {
        self.hidden.redact(text)
    }

    async fn answer(&self, state: &mut State, http: &Http, scope: &str) -> Result<Option<HeaderValue>, Error> {
        let Some(challenge) = state.challenge.clone() else { return Ok(None) };
        if let (Challenge::Bearer(_), Some(token)) =
            (&challenge, state.tokens.get(scope).filter(|token| token.is_fresh()))
        {
            return Ok(Some(header::bearer(&token.secret)));
        }
        let credentials = self.credentials(state, scope).await?;
        match challenge {
            Challenge::Basic => Ok(header::basic(&credentials)),
            Challenge::Bearer(service) => {
                let token = service.token(http, scope, &credentials, &self.hidden).await?;
                self.hidden.add(token.secret.expose());
                let header = header::bearer(&token.secret);
                state.tokens.insert(scope.to_owned(), token);
                Ok(Some(header))
            }
        }
    }

    async fn credentials(&self, state: &mut State, scope: &str) -> Result<Credentials, Error> {
        let owner = self.owner(scope);
        if let Some(credentials) = state.credentials.get(owner) {
            return Ok(credentials.clone());
        }
        let credentials = self.login.credentials(owner).await.map_err(|error| self.report(ErrorReport::of(&error)))?;
        if !self.private && credentials != Credentials::Anonymous {
            let error = "credentials are not sent over plain HTTP to another machine".to_owned();
            let hint = Some("use `https://`, or `--anonymous` for what needs no credentials".to_owned());
            return Err(self.report(ErrorReport { error, hint }));
        }
        self.hidden.add_credentials(&credentials);
        state.credentials.insert(owner.to_owned(), credentials.clone());
        Ok(credentials)
    }

    /// Whose credentials a request with this scope needs: the first repository's, or those of all.
    fn owner<'a>(&self, scope: &'a str) -> &'a str {
        let first = scope.split(' ').next().and_then(|scope| scope.strip_prefix("repository:"));
        let repository = first.and_then(|first| Some(first.rsplit_once(':')?.0));
        repository.filter(|_| self.login.by_repository()).unwrap_or_default()
    }

    fn error(&self, reason: &str) -> Error {
        self.report(ErrorReport { error: reason.to_owned(), hint: None })
    }

    fn report(&self, ErrorReport { error, hint }: ErrorReport) -> Error {
        let registry = self.registry.clone();
        let usual = || format!("run `docker login {registry}`, or pass `--username NAME --password-stdin`");
        let remedy = Some(hint.unwrap_or_else(usual).into());
        Error::SignIn { reason: self.redact(&error), registry, remedy }
    }
}
