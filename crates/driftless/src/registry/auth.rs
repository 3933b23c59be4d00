//! Signing in: Basic and Bearer, as the registry asks for it.

mod challenge;
mod docker;
mod header;
mod helper;
mod login;
mod token;

use std::{collections::BTreeMap, sync::Arc};

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
use super::{failure::Failure, wire::Wire};

/// What is known about signing in to one registry.
pub(super) struct Auth {
    registry: String,
    login: Arc<dyn Login>,
    state: Mutex<State>,
    hidden: Hidden,
}

#[derive(Default)]
struct State {
    /// What the registry asked for; none until it did.
    challenge: Option<Challenge>,
    credentials: Option<Credentials>,
    tokens: BTreeMap<String, Token>,
}

impl Auth {
    pub(super) fn new(registry: String, login: Arc<dyn Login>) -> Self {
        Self { registry, login, state: Mutex::default(), hidden: Hidden::default() }
    }

    /// The header that a call with this scope should have, as far as we know.
    pub(super) async fn header(&self, wire: &Wire, scope: &str) -> Result<Option<HeaderValue>, Failure> {
        let mut state = self.state.lock().await;
        if state.challenge.is_none() && self.login.at_once() {
            state.challenge = Some(Challenge::Basic);
        }
        self.answer(&mut state, wire, scope).await
    }

    /// The header that a call should be made again with, after it was answered with 401; none if there is no other.
    pub(super) async fn challenged(
        &self,
        wire: &Wire,
        scope: &str,
        response: &Response,
        used: Option<&HeaderValue>,
    ) -> Result<Option<HeaderValue>, Failure> {
        let challenges = response.headers().get_all(WWW_AUTHENTICATE);
        let challenge = Challenge::choose(challenges.iter().filter_map(|value| value.to_str().ok()));
        let challenge = challenge.ok_or_else(|| self.failure("it asks for a way of signing in that is not known"))?;
        let mut state = self.state.lock().await;
        state.challenge = Some(challenge);
        // Another call may have had the same answer, and may have done what follows.
        let known = self.answer(&mut state, wire, scope).await?;
        if known.as_ref() != used {
            return Ok(known);
        }
        state.tokens.remove(scope);
        state.credentials = None;
        let fresh = self.answer(&mut state, wire, scope).await?;
        Ok(fresh.filter(|fresh| Some(fresh) != used))
    }

    /// The error of a call that was refused whatever it was sent with.
    pub(super) async fn refused(&self) -> Failure {
        let state = self.state.lock().await;
        self.failure(match state.credentials {
            None | Some(Credentials::Anonymous) => "it wants credentials, and there are none for it",
            _ => "it does not take the credentials",
        })
    }

    /// `text` without anything that was ever sent as a secret.
    pub(super) fn redact(&self, text: &str) -> String {
        self.hidden.redact(text)
    }

    async fn answer(&self, state: &mut State, wire: &Wire, scope: &str) -> Result<Option<HeaderValue>, Failure> {
        let Some(challenge) = state.challenge.clone() else { return Ok(None) };
        if let (Challenge::Bearer(_), Some(token)) =
            (&challenge, state.tokens.get(scope).filter(|token| token.is_fresh()))
        {
            return Ok(Some(header::bearer(&token.secret)));
        }
        let credentials = self.credentials(state).await?;
        match challenge {
            Challenge::Basic => Ok(header::basic(&credentials)),
            Challenge::Bearer(service) => {
                let token = service.token(wire, scope, &credentials, &self.hidden).await?;
                self.hidden.add(token.secret.expose());
                let header = header::bearer(&token.secret);
                state.tokens.insert(scope.to_owned(), token);
                Ok(Some(header))
            }
        }
    }

    async fn credentials(&self, state: &mut State) -> Result<Credentials, Failure> {
        if let Some(credentials) = &state.credentials {
            return Ok(credentials.clone());
        }
        let credentials = self.login.credentials().await.map_err(|error| self.failure(&format!("{error:#}")))?;
        self.hidden.add_credentials(&credentials);
        state.credentials = Some(credentials.clone());
        Ok(credentials)
    }

    fn failure(&self, reason: &str) -> Failure {
        let registry = self.registry.clone();
        let hint = format!("\nhint: `docker login {registry}`, or `--username NAME --password-stdin`");
        Failure::SignIn { registry, reason: self.redact(reason) + &hint }
    }
}
