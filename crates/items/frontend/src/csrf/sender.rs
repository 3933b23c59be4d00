//! The browser's word about where a request comes from.

use axum::http::{HeaderMap, header};

/// Whose page sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// Ours, or the visitor by hand.
    Ours,
    /// Another site's.
    Foreign,
    /// An old browser or a program does not say.
    Unknown,
}

impl Sender {
    /// `Sec-Fetch-Site` decides where there is one. Browsers leave it out over plain HTTP to other machines; there the
    /// host in `Origin` must be the one asked. Not both, or a proxy that renames the host would lock everybody out.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if let Some(site) = headers.get("sec-fetch-site") {
            return if matches!(site.as_bytes(), b"same-origin" | b"none") { Self::Ours } else { Self::Foreign };
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Self::Unknown };
        let origin = origin.to_str().unwrap_or_default();
        let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        match (authority, host) {
            (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) => Self::Ours,
            _ => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Sender {
        Sender::of(&headers.iter().map(|(k, v)| (HeaderName::from_static(k), v.parse().unwrap())).collect())
    }

    #[test]
    fn believes_sec_fetch_site_first() {
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), ("origin", "https://a"), ("host", "b")]), Sender::Ours);
        assert_eq!(of(&[("sec-fetch-site", "none")]), Sender::Ours);
        for site in ["cross-site", "same-site", "", "nonsense"] {
            assert_eq!(
                of(&[("sec-fetch-site", site), ("origin", "http://a"), ("host", "a")]),
                Sender::Foreign,
                "{site}"
            );
        }
    }

    #[test]
    fn compares_the_origin_with_the_host_otherwise() {
        assert_eq!(of(&[("origin", "http://a:8080"), ("host", "A:8080")]), Sender::Ours);
        for origin in ["http://a", "http://b:8080", "null", "", "a:8080", "http://a:8080.evil", "ftp://a:8080"] {
            assert_eq!(of(&[("origin", origin), ("host", "a:8080")]), Sender::Foreign, "{origin}");
        }
        assert_eq!(of(&[("origin", "http://a")]), Sender::Foreign);
    }

    #[test]
    fn leaves_it_open_when_the_client_says_nothing() {
        assert_eq!(of(&[("host", "a")]), Sender::Unknown);
    }
}
