//! Whom a request is for.

use std::net::IpAddr;

use hyper::{Request, Uri, header};

/// The host that `request` names, in lower case and without its port.
pub(super) fn of<B>(request: &Request<B>) -> Option<String> {
    // Of both, this is the one that counts: RFC 9112, section 3.2.2.
    let authority = request.uri().authority().map(ToString::to_string);
    let header =
        || request.headers().get(header::HOST).map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    let named = authority.or_else(header)?;
    let host = named.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    // Browsers allow more in a name than RFC 3986 does, such as `{`. That is a host, too, and none of ours.
    Some(host.unwrap_or(named).to_ascii_lowercase())
}

/// Whether `host` is a name of this machine that no server of names can give to another, and no page of another site has.
pub(super) fn is_own(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn host(header: &str) -> Option<String> {
        of(&Request::get("/").header("host", header).body(()).unwrap())
    }

    #[test]
    fn ports_and_capitals_are_no_part_of_a_host() {
        for (header, expected) in [
            ("localhost", "localhost"),
            ("LocalHost:8080", "localhost"),
            ("127.0.0.1:8080", "127.0.0.1"),
            ("[::1]:8080", "[::1]"),
            ("evil.example:8080", "evil.example"),
            ("a{b.evil.example:8080", "a{b.evil.example:8080"),
            ("a b", "a b"),
            ("\u{202e}evil.example", "\u{202e}evil.example"),
            ("", ""),
        ] {
            assert_eq!(host(header).as_deref(), Some(expected), "{header}");
        }
        let absolute = Request::get("http://evil.example/").header("host", "localhost").body(()).unwrap();
        assert_eq!(of(&absolute).as_deref(), Some("evil.example"));
    }

    #[test]
    fn names_of_this_machine_are_told_from_others() {
        for own in ["localhost", "app.localhost", "127.0.0.1", "127.0.0.2", "[::1]"] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "a{b.evil.example",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.1",
            "",
            "0.0.0.0",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
