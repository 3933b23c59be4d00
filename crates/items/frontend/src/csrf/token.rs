//! The token that a cookie and a form must share.

use axum::http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;

/// Name of the form's hidden field.
pub(crate) const FIELD: &str = "csrf";
/// Name of the cookie. Over TLS its prefix makes browsers refuse one that a sister domain sets.
const COOKIE: &str = "csrf";
const COOKIE_TLS: &str = "__Host-csrf";
const LENGTH: usize = 32;

/// 128 random bits in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn random() -> Self {
        let mut bytes = [0; LENGTH / 2];
        getrandom::fill(&mut bytes).expect("the kernel's generator does not fail once the machine has started");
        Self(format!("{:0LENGTH$x}", u128::from_ne_bytes(bytes)))
    }

    /// The visitor's token, if the cookie holds one of ours.
    pub(crate) fn of_cookie(headers: &HeaderMap, https: bool) -> Option<Self> {
        let name = if https { COOKIE_TLS } else { COOKIE };
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(known, _)| *known == name)?;
        let hexadecimal = value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (value.len() == LENGTH && hexadecimal).then(|| Self(value.to_owned()))
    }

    /// The cookie that remembers it until the browser closes.
    ///
    /// `Lax`, not `Strict`: a visit by a link on another site would come without a strict cookie, get a new token and
    /// so spoil the forms in the visitor's other tabs. Neither sends the cookie with another site's POST.
    pub(crate) fn cookie(&self, https: bool) -> HeaderValue {
        let (name, secure) = if https { (COOKIE_TLS, "; Secure") } else { (COOKIE, "") };
        HeaderValue::try_from(format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.0))
            .expect("hexadecimal digits are a valid header value")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not depend on where the texts differ.
    pub(crate) fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn of(cookies: &str, https: bool) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())]);
        Token::of_cookie(&headers, https).map(|token| token.0)
    }

    #[test]
    fn finds_the_cookie_among_others() {
        assert_eq!(of(&format!("a=b; csrf={TOKEN};c=d"), false).as_deref(), Some(TOKEN));
        assert_eq!(of(&format!("csrf=x; __Host-csrf={TOKEN}"), true).as_deref(), Some(TOKEN));
    }

    #[test]
    fn ignores_cookies_that_it_did_not_set() {
        let upper = TOKEN.to_uppercase();
        for value in ["", "0123", &format!("{TOKEN}0"), &upper, "\"><script>alert(1)</script>_____"] {
            assert_eq!(of(&format!("csrf={value}"), false), None, "{value}");
        }
        assert_eq!(of(&format!("csrf={TOKEN}"), true), None, "a cookie without the prefix, over TLS");
    }

    #[test]
    fn sets_a_cookie_that_scripts_and_other_sites_cannot_use() {
        let token = Token(TOKEN.to_owned());
        assert_eq!(token.cookie(false), format!("csrf={TOKEN}; Path=/; HttpOnly; SameSite=Lax"));
        assert_eq!(token.cookie(true), format!("__Host-csrf={TOKEN}; Path=/; HttpOnly; SameSite=Lax; Secure"));
    }

    #[test]
    fn matches_itself_alone() {
        let token = Token(TOKEN.to_owned());
        assert!(token.matches(TOKEN));
        for other in ["", &TOKEN[1..], &format!("{TOKEN}0"), &TOKEN.replace('0', "1")] {
            assert!(!token.matches(other), "{other}");
        }
        assert_ne!(Token::random(), Token::random());
    }
}
