//! The credentials of `docker login` and `podman login`.

use std::{
    collections::BTreeMap,
    env, fs,
    io::ErrorKind,
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

impl Docker {
    /// For `endpoint`, from `$REGISTRY_AUTH_FILE`, `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, and
    /// `$XDG_RUNTIME_DIR/containers/auth.json`.
    pub fn new(endpoint: &Endpoint) -> Self {
        Self::with_files(endpoint, usual_files())
    }

    /// For `endpoint`, from the first of `files` that has credentials for it. Files that do not exist are skipped.
    pub fn with_files(endpoint: &Endpoint, files: Vec<PathBuf>) -> Self {
        Self { registry: endpoint.authority().to_owned(), files }
    }

    async fn find(&self) -> anyhow::Result<Credentials> {
        for path in &self.files {
            let found =
                self.in_file(path).await.with_context(|| format!("reading credentials from `{}`", path.display()))?;
            if let Some(credentials) = found {
                return Ok(credentials);
            }
        }
        Ok(Credentials::Anonymous)
    }

    async fn in_file(&self, path: &Path) -> anyhow::Result<Option<Credentials>> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // The error has line and column, and quotes nothing of the file.
        let file: File = serde_json::from_slice(&text)?;
        let key = if self.registry == DOCKER_HUB.0 { DOCKER_HUB.1 } else { &self.registry };
        if let Some(helper) = file.cred_helpers.get(key).or(file.cred_helpers.get(&self.registry)) {
            return helper::get(helper, key).await;
        }
        if let Some(store) = file.creds_store.as_deref().filter(|store| !store.is_empty())
            && let Some(credentials) = helper::get(store, key).await?
        {
            return Ok(Some(credentials));
        }
        let entry = file.auths.get(key).or_else(|| {
            let host = |key: &str| {
                let key = key.trim_start_matches("https://").trim_start_matches("http://");
                key.split('/').next().unwrap_or(key).to_owned()
            };
            file.auths.iter().find(|(key, _)| host(key) == self.registry).map(|(_, entry)| entry)
        });
        entry.map_or(Ok(None), Entry::credentials)
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
    fn credentials(&self) -> BoxFuture<'_, anyhow::Result<Credentials>> {
        Box::pin(self.find())
    }
}

/// In the order of precedence.
fn usual_files() -> Vec<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let docker = variable("DOCKER_CONFIG").or_else(|| Some(env::home_dir()?.join(".docker")));
    [
        variable("REGISTRY_AUTH_FILE"),
        docker.map(|directory| directory.join("config.json")),
        variable("XDG_RUNTIME_DIR").map(|directory| directory.join("containers/auth.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
