//! Whether a form was sent from a page of ours. No state and no secret, so any task can check any other's forms.
//!
//! Two independent checks: the browser's own word about where a request comes from, and a random token that must be
//! in a cookie and in the form alike, which another site can neither read nor set.

mod sender;
mod token;

pub(crate) use sender::Sender;
pub(crate) use token::{FIELD, Token};

/// Why a form is not acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suspicion {
    /// The browser says that another site sent it: what it holds is not the visitor's.
    Foreign,
    /// The token is missing or another one: cookies are off, or the page is old.
    Token,
}
