//! Signature Version 4 (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).

use std::fmt::Write;

use jiff::Timestamp;
use ring::{digest, hmac};

use super::Credentials;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a request is signed for.
pub(crate) struct Scope<'a> {
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) now: Timestamp,
}

impl Scope<'_> {
    pub(crate) fn time(&self) -> String {
        self.now.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.now.strftime("%Y%m%d"), self.region, self.service)
    }
}

/// `GET https://{host}/` with the pairs of `query` and the signature, good for `seconds`; without `https://`.
pub(crate) fn presigned(
    scope: &Scope<'_>,
    credentials: &Credentials,
    host: &str,
    query: &[(&str, &str)],
    seconds: u32,
) -> String {
    let (credential, time, seconds) =
        (format!("{}/{}", credentials.key, scope.text()), scope.time(), seconds.to_string());
    let mut pairs = vec![
        ("X-Amz-Algorithm", ALGORITHM),
        ("X-Amz-Credential", &credential),
        ("X-Amz-Date", &time),
        ("X-Amz-Expires", &seconds),
        ("X-Amz-SignedHeaders", "host"),
    ];
    pairs.extend(credentials.token.as_deref().map(|token| ("X-Amz-Security-Token", token)));
    pairs.extend(query);
    pairs.sort_unstable();
    let query: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let query = query.join("&");
    let request = format!("GET\n/\n{query}\nhost:{host}\n\nhost\n{}", hash(b""));
    format!("{host}/?{query}&X-Amz-Signature={}", signature(scope, credentials, &request))
}

/// The value of the header `authorization` for `POST /` with `body` and exactly these headers, lower-case and in order.
pub(super) fn authorization(
    scope: &Scope<'_>,
    credentials: &Credentials,
    headers: &[(&str, &str)],
    body: &[u8],
) -> String {
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    let request = format!("POST\n/\n\n{}\n\n{names}\n{}", lines.join("\n"), hash(body));
    let signature = signature(scope, credentials, &request);
    format!("{ALGORITHM} Credential={}/{}, SignedHeaders={names}, Signature={signature}", credentials.key, scope.text())
}

fn signature(scope: &Scope<'_>, credentials: &Credentials, request: &str) -> String {
    let text = format!("{ALGORITHM}\n{}\n{}\n{}", scope.time(), scope.text(), hash(request.as_bytes()));
    let first = format!("AWS4{}", credentials.secret).into_bytes();
    let key = scope.text().split('/').fold(first, |key, part| mac(&key, part).as_ref().to_vec());
    hexadecimal(mac(&key, &text).as_ref())
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn hash(bytes: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All but what is unreserved in RFC 3986.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut text, byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let _ = if plain { write!(text, "{}", char::from(byte)) } else { write!(text, "%{byte:02X}") };
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(token: Option<&str>) -> Credentials {
        Credentials {
            key: "AKIDEXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            token: token.map(str::to_owned),
        }
    }

    /// By botocore 1.40: `generate_db_auth_token` at that moment.
    #[test]
    fn a_token_of_rds_is_that_of_amazons_own_library() {
        let scope = Scope { region: "eu-central-1", service: "rds-db", now: "2026-01-02T03:04:05Z".parse().unwrap() };
        let host = "items.abc123.eu-central-1.rds.amazonaws.com:5432";
        let query = [("Action", "connect"), ("DBUser", "back_end")];
        let token = presigned(&scope, &credentials(Some("a/session+token==")), host, &query, 900);
        assert_eq!(
            token,
            "items.abc123.eu-central-1.rds.amazonaws.com:5432/?Action=connect&DBUser=back_end&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-central-1%2Frds-db%2Faws4_request&X-Amz-Date=20260102T030405Z\
             &X-Amz-Expires=900&X-Amz-Security-Token=a%2Fsession%2Btoken%3D%3D&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=e3132caf2591488e4d3e415568bf0d6cc3132e6744cc0250e637ea1e1be3d1bd"
        );
    }

    /// `post-vanilla` of Amazon's test suite.
    #[test]
    fn a_header_is_that_of_the_test_suite() {
        let scope = Scope { region: "us-east-1", service: "service", now: "2015-08-30T12:36:00Z".parse().unwrap() };
        let headers = [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")];
        let header = authorization(&scope, &credentials(None), &headers, b"");
        assert!(
            header.ends_with("Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            "{header}"
        );
    }
}
