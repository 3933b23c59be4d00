//! `certs.d`: certificates for one registry, laid out as Docker and Podman do: `HOST[:PORT]/*.crt` are authorities, `NAME.cert`
//! and `NAME.key` what a client shows of itself.
//!
//! <https://docs.docker.com/engine/security/certificates/>, <https://man.archlinux.org/man/containers-certs.d.5>

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use reqwest::{Certificate, Identity};

/// What there is for one registry.
#[derive(Debug, Default)]
pub(super) struct Certificates {
    /// Authorities to trust.
    pub(super) authorities: Vec<Certificate>,
    /// What the client shows, if the registry asks for it.
    pub(super) identity: Option<Identity>,
}

impl Certificates {
    /// Reads the first directory that there is for the registry at `authority`, the user's own before the machine's; none if
    /// there is none.
    pub(super) fn of(authority: &str) -> anyhow::Result<Option<Self>> {
        let found = places().into_iter().map(|place| place.join(authority)).find(|place| place.is_dir());
        found.map(|place| Self::read(&place)).transpose()
    }

    fn read(directory: &Path) -> anyhow::Result<Self> {
        let reading = || format!("reading the certificates in `{}`", directory.display());
        let mut certificates = Self::default();
        let mut files: Vec<_> = fs::read_dir(directory)
            .and_then(|files| files.map(|file| Ok(file?.path())).collect())
            .with_context(reading)?;
        // Of several identities the first is shown.
        files.sort();
        for file in files {
            let reading = || format!("reading `{}`", file.display());
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("crt") => {
                    let pem = fs::read(&file).with_context(reading)?;
                    certificates.authorities.extend(Certificate::from_pem_bundle(&pem).with_context(reading)?);
                }
                Some("cert") if certificates.identity.is_none() => {
                    certificates.identity = Some(identity(&file).with_context(reading)?);
                }
                _ => {}
            }
        }
        Ok(certificates)
    }
}

/// The certificate in `file`, and its key beside it.
fn identity(file: &Path) -> anyhow::Result<Identity> {
    let key = file.with_extension("key");
    let pem = [fs::read(file)?, b"\n".to_vec(), read_key(&key)?].concat();
    Ok(Identity::from_pem(&pem)?)
}

fn read_key(key: &Path) -> anyhow::Result<Vec<u8>> {
    match fs::read(key) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => hint::bail!(
            "its key `{}` does not exist",
            key.display(),
            hint = "put it there, or call a certificate of an authority `*.crt`"
        ),
        read => read.with_context(|| format!("reading `{}`", key.display())),
    }
}

/// Where Podman and Docker look, the user's own first.
fn places() -> Vec<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    let roots = config.into_iter().chain([PathBuf::from("/etc")]);
    roots.flat_map(|root| ["containers", "docker"].map(|program| root.join(program).join("certs.d"))).collect()
}
