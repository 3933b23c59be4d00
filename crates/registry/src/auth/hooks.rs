//! What a registry says, read as if it had been received. For tests: nothing else reaches these readers without a server.

use super::{challenge::Challenge, token::Token};

/// Reads a `WWW-Authenticate` header; whether it offers a way to sign in.
pub fn challenge(header: &str) -> bool {
    Challenge::choose([header].into_iter()).is_some()
}

/// Reads the answer of a token service; whether it has a token that is valid for some time.
pub fn token(answer: &[u8]) -> bool {
    Token::read(answer).is_ok_and(|token| token.is_fresh())
}
