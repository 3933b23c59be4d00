//! Addresses of registries.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use anyhow::Context;
use reqwest::Url;

/// Docker Hub has another host name in references than on the network.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_SERVER: &str = "registry-1.docker.io";

/// The address of a registry: host, port, and whether plain HTTP is used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    authority: String,
    plain: bool,
}

impl Endpoint {
    /// Parses `HOST[:PORT]`, optionally after `https://` or `http://`.
    ///
    /// Without a scheme, plain HTTP is used for a loopback address, and TLS for all others.
    ///
    /// ```
    /// use registry::Endpoint;
    ///
    /// assert_eq!(Endpoint::parse("https://registry.example.com")?.to_string(), "registry.example.com");
    /// assert_eq!(Endpoint::parse("http://registry.example.com")?.to_string(), "http://registry.example.com");
    /// # Ok::<_, anyhow::Error>(())
    /// ```
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let (plain, authority) = match text.split_once("://") {
            Some(("https", rest)) => (Some(false), rest),
            Some(("http", rest)) => (Some(true), rest),
            Some((scheme, _)) => {
                hint::bail!("`{scheme}://` is not a scheme of registries", hint = "use `https://` or `http://`")
            }
            None => (None, text),
        };
        let authority = authority.trim_end_matches('/');
        let url = Url::parse(&format!("https://{authority}/"))
            .with_context(|| format!("`{}` is not the address of a registry", authority.escape_default()))?;
        hint::ensure!(
            url.username().is_empty() && url.password().is_none() && url.path() == "/" && url.query().is_none(),
            "the address of a registry has other parts than `HOST` or `HOST:PORT`",
            hint = "pass user and password as options, not in the address"
        );
        let plain = plain.unwrap_or_else(|| is_loopback(&url));
        Ok(Self { authority: authority.to_ascii_lowercase(), plain })
    }

    /// Host and port, as in references.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// True if what is sent is for the registry alone: by TLS, or on this machine.
    pub(super) fn is_private(&self) -> bool {
        !self.plain || is_loopback(&self.url())
    }

    /// The base URL of the API.
    pub(super) fn url(&self) -> Url {
        let scheme = if self.plain { "http" } else { "https" };
        let server = if self.authority == DOCKER_HUB { DOCKER_HUB_SERVER } else { &self.authority };
        Url::parse(&format!("{scheme}://{server}/v2/")).expect("it was parsed when it was created")
    }

    /// The full name of a repository: on Docker Hub a name without a slash is below `library/`.
    pub(super) fn repository(&self, name: &str) -> String {
        if self.authority == DOCKER_HUB && !name.contains('/') { format!("library/{name}") } else { name.to_owned() }
    }
}

/// The address as in references: with the scheme only where it is not the usual one.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::parse(&self.authority).is_ok_and(|usual| usual.plain == self.plain);
        let scheme = match (usual, self.plain) {
            (true, _) => "",
            (false, true) => "http://",
            (false, false) => "https://",
        };
        write!(f, "{scheme}{}", self.authority)
    }
}

/// True if the URL has a loopback address, or the name `localhost`. Names below it count if that is where they lead: some
/// resolvers ask the network for them.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return address.is_loopback();
    }
    host == "localhost" || host.ends_with(".localhost") && lead_here(&url.socket_addrs(|| None).unwrap_or_default())
}

fn lead_here(addresses: &[SocketAddr]) -> bool {
    !addresses.is_empty() && addresses.iter().all(|address| address.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_or_on_request() {
        let url = |text| Endpoint::parse(text).unwrap().url().to_string();
        assert_eq!(url("localhost:5000"), "http://localhost:5000/v2/");
        assert_eq!(url("127.0.0.1:5000"), "http://127.0.0.1:5000/v2/");
        assert_eq!(url("[::1]:5000"), "http://[::1]:5000/v2/");
        assert_eq!(url("https://localhost:5000"), "https://localhost:5000/v2/");
        assert_eq!(url("registry.example.com"), "https://registry.example.com/v2/");
        assert_eq!(url("http://registry.example.com/"), "http://registry.example.com/v2/");
        assert_eq!(url("docker.io"), "https://registry-1.docker.io/v2/");
        assert_eq!(url("127.0.0.1.example.com"), "https://127.0.0.1.example.com/v2/");
    }

    #[test]
    fn a_name_below_localhost_is_this_machine_s_if_it_leads_here() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert!(lead_here(&[address("127.0.0.1:80"), address("[::1]:80")]));
        assert!(!lead_here(&[]));
        assert!(!lead_here(&[address("127.0.0.1:80"), address("192.0.2.2:80")]));
    }

    #[test]
    fn is_shown_as_it_would_be_written() {
        for text in ["localhost:5000", "https://localhost:5000", "registry.example.com", "http://registry.example.com"]
        {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in ["", "ftp://host", "user:secret@host", "host/path", "host?query", "ho st"] {
            let error = format!("{:#}", Endpoint::parse(text).unwrap_err());
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
