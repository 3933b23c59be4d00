//! The credentials of `docker login` and `podman login`.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;
use base64::{Engine, alphabet, engine::general_purpose};
use futures_util::future::BoxFuture;
use hint::Hint;
use serde::Deserialize;

use super::{Credentials, Login, helper};
use crate::{Endpoint, Secret};

/// Docker Hub, and its key in the file.
const DOCKER_HUB: (&str, &str) = ("docker.io", "https://index.docker.io/v1/");

/// Accepts base64 with and without padding: both occur.
const BASE64: general_purpose::GeneralPurpose = general_purpose::GeneralPurpose::new(
    &alphabet::STANDARD,
    general_purpose::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// The credentials that Docker or Podman would use: from their files, or from the credential helper that a file names.
#[derive(Clone, Debug)]
pub struct Docker {
    registry: String,
    files: Vec<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    auths: BTreeMap<String, Entry>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    identitytoken: Option<String>,
}

/// What a search for credentials comes to.
enum Found {
    Credentials(Credentials),
    Nothing,
    /// The program of a credential helper is missing, or a file is out of reach, such as that of the user before `su`. It
    /// matters only if nobody else has credentials.
    OutOfReach(anyhow::Error),
}

impl Docker {
    /// For `endpoint`, from the first file that has credentials for it: `$REGISTRY_AUTH_FILE`, Podman's
    /// `$XDG_RUNTIME_DIR/containers/auth.json` and `~/.config/containers/auth.json`, Docker's `$DOCKER_CONFIG/config.json` or
    /// `~/.docker/config.json`.
    pub fn new(endpoint: &Endpoint) -> Self {
        Self::with_files(endpoint, usual_files())
    }

    /// For `endpoint`, from the first of `files` that has credentials for it. Files that do not exist are skipped.
    pub fn with_files(endpoint: &Endpoint, files: Vec<PathBuf>) -> Self {
        Self { registry: endpoint.authority().to_owned(), files }
    }

    async fn find(&self, repository: &str) -> anyhow::Result<Credentials> {
        let mut out_of_reach = None;
        for path in &self.files {
            let reading = || format!("reading credentials from `{}`", path.display());
            match self.in_file(path, repository).await.with_context(reading)? {
                Found::Credentials(credentials) => return Ok(credentials),
                Found::Nothing => {}
                Found::OutOfReach(error) => out_of_reach = out_of_reach.or(Some(error.context(reading()))),
            }
        }
        out_of_reach.map_or(Ok(Credentials::Anonymous), Err)
    }

    async fn in_file(&self, path: &Path, repository: &str) -> anyhow::Result<Found> {
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => return Ok(Found::Nothing),
                ErrorKind::PermissionDenied => return Ok(Found::OutOfReach(error.into())),
                _ => return Err(error.into()),
            },
        };
        // The error has line and column, and quotes nothing of the file.
        let file: File = serde_json::from_slice(&text)?;
        let key = if self.registry == DOCKER_HUB.0 { DOCKER_HUB.1 } else { &self.registry };
        let own = file.cred_helpers.get(key).or(file.cred_helpers.get(&self.registry));
        let store = file.creds_store.as_ref().filter(|store| own.is_none() && !store.is_empty());
        let mut missing = None;
        for name in own.into_iter().chain(store) {
            match helper::get(name, key).await {
                Ok(Some(credentials)) => return Ok(Found::Credentials(credentials)),
                Ok(None) => {}
                Err(error) if helper::is_missing(&error) => missing = Some(error),
                Err(error) => return Err(error),
            }
        }
        if let Some(credentials) = self.entry(&file, repository)? {
            return Ok(Found::Credentials(credentials));
        }
        Ok(missing.map_or(Found::Nothing, Found::OutOfReach))
    }

    /// The credentials of the longest path that `repository` is, or is below: Podman has them by namespace.
    fn entry(&self, file: &File, repository: &str) -> anyhow::Result<Option<Credentials>> {
        let whole = format!("{}/{repository}", self.registry);
        let mut path = whole.trim_end_matches('/');
        loop {
            let entries = file.auths.iter().filter(|(key, _)| place(key) == path);
            for (_, entry) in entries {
                if let Some(credentials) = entry.credentials()? {
                    return Ok(Some(credentials));
                }
            }
            let Some((above, _)) = path.rsplit_once('/') else { return Ok(None) };
            path = above;
        }
    }
}

/// What is in the file, which may be a pipe, up to a limit that no list of credentials reaches.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(path)?.take(oci::MAX_DOCUMENT).read_to_end(&mut text)?;
    Ok(text)
}

/// The host and path that a key of `auths` is for: the keys of Docker may have a scheme, and the version of an API.
fn place(key: &str) -> &str {
    let key = key.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    match key.strip_suffix("/v1").or(key.strip_suffix("/v2")).unwrap_or(key) {
        "index.docker.io" => DOCKER_HUB.0,
        place => place,
    }
}

impl Entry {
    fn credentials(&self) -> anyhow::Result<Option<Credentials>> {
        if let Some(token) = self.identitytoken.as_deref().filter(|token| !token.is_empty()) {
            return Ok(Some(Credentials::Identity(Secret::new(token))));
        }
        let Some(auth) = self.auth.as_deref().filter(|auth| !auth.is_empty()) else { return Ok(None) };
        let decoded = BASE64.decode(auth).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let (user, password) = decoded
            .as_deref()
            .and_then(|text| text.split_once(':'))
            .context("an `auth` is not base64 of `user:password`")
            .hint("sign in again with `docker login`")?;
        // Docker pads passwords with NUL.
        let password = Secret::new(password.trim_end_matches('\0'));
        Ok(Some(Credentials::Password { user: user.to_owned(), password }))
    }
}

impl Login for Docker {
    fn credentials<'a>(&'a self, repository: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>> {
        Box::pin(self.find(repository))
    }

    fn by_repository(&self) -> bool {
        true
    }
}

/// In the order of precedence.
fn usual_files() -> Vec<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = |name| Some(env::home_dir()?.join(name));
    [
        variable("REGISTRY_AUTH_FILE"),
        variable("XDG_RUNTIME_DIR").map(|directory| directory.join("containers/auth.json")),
        variable("XDG_CONFIG_HOME").or_else(|| home(".config")).map(|directory| directory.join("containers/auth.json")),
        variable("DOCKER_CONFIG").or_else(|| home(".docker")).map(|directory| directory.join("config.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
