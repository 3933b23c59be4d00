//! Reading `application/x-www-form-urlencoded`, strictly: what is not well-formed is refused, never guessed at.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use tokio::time::timeout;

/// Longest body: a form with the longest name and description, every byte of them escaped, needs half of it.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1024;
/// How long a client may take to send one.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// More fields than any form of ours has.
const FIELDS_MAX: usize = 32;

/// The fields of a form or a query.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

/// Why a body is not a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormFault {
    #[error("The request's body is not a form.")]
    MediaType,
    #[error("The form is larger than 64 KiB.")]
    TooLarge,
    #[error("The form took too long to arrive.")]
    TooSlow,
    #[error("The form did not arrive completely.")]
    Incomplete,
    #[error("The form is not encoded correctly.")]
    Malformed,
}

impl FormFault {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Incomplete | Self::Malformed => StatusCode::BAD_REQUEST,
        }
    }
}

impl Form {
    /// Reads the body of a request whose size the router limits.
    pub(crate) async fn read(request: Request) -> Result<Self, FormFault> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormFault::MediaType);
        }
        let body = timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await.map_err(|_| FormFault::TooSlow)?;
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => FormFault::TooLarge,
            _ => FormFault::Incomplete,
        })?;
        Self::parse(&body)
    }

    /// Parses fields; each name at most once.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, FormFault> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in text.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let equals = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let (name, value) = (decode(&pair[..equals])?, decode(pair.get(equals + 1..).unwrap_or_default())?);
            if fields.len() == FIELDS_MAX || fields.iter().any(|(known, _)| *known == name) {
                return Err(FormFault::Malformed);
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// The value of a field; empty when the form lacks it.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn decode(text: &[u8]) -> Result<String, FormFault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(FormFault::Malformed),
            },
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| FormFault::Malformed)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn decodes_plus_signs_escapes_and_utf_8() {
        let form = Form::parse(b"name=a+b%2Bc&description=%C3%BC%0D%0A=&x&=y").unwrap();
        assert_eq!(form.get("name"), "a b+c");
        assert_eq!(form.get("description"), "ü\r\n=");
        assert_eq!((form.get("x"), form.get("absent")), ("", ""));
    }

    #[test]
    fn refuses_broken_escapes_other_encodings_and_fields_given_twice() {
        for body in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=%+1", b"a=%ff", b"a=\xff", b"%=1", b"a=1&a=2"] {
            assert_eq!(Form::parse(body).unwrap_err(), FormFault::Malformed, "{}", body.escape_ascii());
        }
        let many = (0..=FIELDS_MAX).map(|i| format!("{i}=")).collect::<Vec<_>>().join("&");
        assert!(Form::parse(many.as_bytes()).is_err());
    }

    #[test]
    fn accepts_an_empty_form() {
        assert_eq!(Form::parse(b"").unwrap().get("name"), "");
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_on_a_form_that_does_not_arrive() {
        let body = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let request = Request::post("/items").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        assert_eq!(Form::read(request.body(body).unwrap()).await.unwrap_err(), FormFault::TooSlow);
    }
}
