//! Where the backend is.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// Scheme, host and port of the backend, with nothing after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendUrl(Url);

impl BackendUrl {
    /// The address of `path`, which starts with `/`, at the backend.
    pub(crate) fn join(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl FromStr for BackendUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("the scheme is `{}`; it must be `http` or `https`", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not hold a user name or a password".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("it must end after host and port".to_owned());
        }
        Ok(Self(url))
    }
}

impl fmt::Display for BackendUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_a_scheme_a_host_and_a_port() {
        for url in ["http://127.0.0.1:8000", "https://api.example.com", "http://backend:8000", "http://[::1]:8000"] {
            assert_eq!(url.parse::<BackendUrl>().unwrap().to_string(), url);
        }
        let url = "http://backend:8000/".parse::<BackendUrl>().unwrap();
        assert_eq!(url.join("/api/items", Some("limit=5")).as_str(), "http://backend:8000/api/items?limit=5");
    }

    #[test]
    fn refuses_what_is_not_the_address_of_a_server() {
        let refused =
            ["", "backend", "backend:8000", "ftp://a", "http://", "http://u:p@a", "http://a/api", "http://a?b"];
        insta::assert_snapshot!(
            refused.map(|url| format!("`{url}`: {}", url.parse::<BackendUrl>().unwrap_err())).join("\n")
        );
    }
}
