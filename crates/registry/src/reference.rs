//! Names of images in registries.

use std::{fmt, str::FromStr};

use anyhow::Context;
use hint::{bail, ensure};
use oci::Digest;

use super::Endpoint;

/// The name of an image, written `REGISTRY/REPOSITORY[:TAG][@DIGEST]`. The registry is not optional.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where the repository is.
    pub endpoint: Endpoint,
    /// Such as `items/backend`, without the registry.
    pub repository: String,
    /// Such as `1` or `latest`.
    pub tag: Option<String>,
    /// If it is set, the tag is ignored when the image is pulled.
    pub digest: Option<Digest>,
}

impl Reference {
    /// What to pull: the digest, else the tag, else `latest`.
    pub(super) fn version(&self) -> String {
        let tag = || self.tag.clone().unwrap_or_else(|| "latest".to_owned());
        self.digest.map_or_else(tag, |digest| digest.to_string())
    }
}

impl FromStr for Reference {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        parse(text).with_context(|| format!("`{}` is not an image reference", text.escape_default()))
    }
}

fn parse(text: &str) -> anyhow::Result<Reference> {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let (name, digest) = rest.split_once('@').map_or((rest, None), |(name, digest)| (name, Some(digest)));
    let digest = digest.map(Digest::from_str).transpose()?;
    let Some((authority, path)) = name.split_once('/') else {
        bail!("it does not name a registry", hint = "{EXPECTED}")
    };
    ensure!(
        authority == "localhost" || authority.contains(['.', ':']),
        "`{authority}` is not a host",
        hint = "{EXPECTED}"
    );
    let (repository, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    let endpoint = Endpoint::parse(&format!("{scheme}{authority}"))?;
    let repository = endpoint.repository(repository);
    check_repository(&repository)?;
    tag.map_or(Ok(()), check_tag)?;
    Ok(Reference { endpoint, repository, tag: tag.map(str::to_owned), digest })
}

const EXPECTED: &str = "write `registry.example.com/items/backend:1`";

/// <https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests>
pub(super) fn check_repository(name: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| {
        part.starts_with(plain) && part.ends_with(plain) && part.chars().all(|c| plain(c) || "._-".contains(c))
    };
    ensure!(
        name.len() <= 255 && name.split('/').all(part),
        "`{}` is not the name of a repository",
        name.escape_default(),
        hint = "use lower-case letters, digits, `.`, `_`, `-`, and `/` between the parts"
    );
    Ok(())
}

/// <https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests>
pub(super) fn check_tag(tag: &str) -> anyhow::Result<()> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    ensure!(
        (1..=128).contains(&tag.len()) && tag.starts_with(word) && tag.chars().all(|c| word(c) || ".-".contains(c)),
        "`{}` is not a tag",
        tag.escape_default(),
        hint = "use up to 128 letters, digits, `_`, `.` and `-`"
    );
    Ok(())
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.endpoint, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_reference_is_written_as_it_was_read() {
        for text in [
            "localhost:5000/items/backend:1",
            "registry.example.com/a/b_c/d-e",
            "http://registry.example.com:80/a:V1.2-rc_3",
            &format!("127.0.0.1:5000/a:1@{DIGEST}"),
            &format!("registry.example.com/a@{DIGEST}"),
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn docker_hub_has_a_namespace_of_its_own() {
        let reference: Reference = "docker.io/alpine:3".parse().unwrap();
        assert_eq!((&*reference.repository, &*reference.version()), ("library/alpine", "3"));
    }

    #[test]
    fn says_what_is_wrong_with_a_reference() {
        let short = &DIGEST[..70];
        let cases =
            ["alpine", "items/backend", "localhost:5000/UPPER", "localhost/a//b", "localhost/a:-1", "localhost/"];
        let errors: Vec<_> = cases
            .iter()
            .map(|case| (*case).to_owned())
            .chain([format!("localhost/a@{short}")])
            .map(|case| hint::ErrorReport::of(&case.parse::<Reference>().unwrap_err()).to_string())
            .collect();
        insta::assert_snapshot!(errors.join("\n"));
    }
}
