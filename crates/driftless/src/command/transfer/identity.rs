//! Signing, and knowing who signed, without a key: by an identity.

use std::{env, fs, path::PathBuf};

use anyhow::Context;
use registry::{
    Trust,
    keyless::{Instance, Keyless, TokenSource},
    signing::{Identified, Identity},
};

/// How to sign without a key.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::command) struct Signing {
    /// Sign the images without a key, as who an identity token is for: the workflow of GitHub that this runs in, or as `SIGSTORE_ID_TOKEN` or
    /// --identity-token say. Who it was, and what was signed, is written into Sigstore's public log
    #[arg(long, conflicts_with = "sign_key", help_heading = "Signing without a key")]
    sign_keyless: bool,

    /// The identity token (OIDC, for the audience `sigstore`) is in this file
    #[arg(long, value_name = "FILE", requires = "sign_keyless", help_heading = "Signing without a key")]
    identity_token: Option<PathBuf>,

    /// The services that sign, in a `signing_config.json` of Sigstore [default: the public ones]
    #[arg(
        long = "signing-config",
        value_name = "FILE",
        requires = "sign_keyless",
        help_heading = "Signing without a key"
    )]
    instance: Option<PathBuf>,

    /// The authorities and logs that are believed, in a `trusted_root.json` of Sigstore [default: the public ones]
    #[arg(long, value_name = "FILE", requires = "sign_keyless", help_heading = "Signing without a key")]
    trusted_root: Option<PathBuf>,
}

impl Signing {
    /// Who signs, if it was asked for.
    pub(in crate::command) async fn keyless(&self, trust: Trust) -> anyhow::Result<Option<Keyless>> {
        if !self.sign_keyless {
            return Ok(None);
        }
        let instance = Instance { services: self.instance.as_deref(), roots: self.trusted_root.as_deref() };
        Keyless::new(self.token()?, instance, trust).await.map(Some)
    }

    fn token(&self) -> anyhow::Result<TokenSource> {
        if let Some(path) = &self.identity_token {
            let token = fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
            return Ok(TokenSource::Given(token));
        }
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(token) = variable("SIGSTORE_ID_TOKEN") {
            return Ok(TokenSource::Given(token));
        }
        match (variable("ACTIONS_ID_TOKEN_REQUEST_URL"), variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")) {
            (Some(url), Some(bearer)) => Ok(TokenSource::GitHub { url, bearer }),
            _ => hint::bail!(
                "nothing here says who signs",
                hint = "in a workflow of GitHub: `permissions: id-token: write`; elsewhere `--identity-token FILE`"
            ),
        }
    }
}

/// Whose signatures count, if not a key's.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::command) struct Signed {
    /// Who signed without a key, as certificates say: `https://github.com/OWNER/REPOSITORY/.github/workflows/FILE@refs/heads/BRANCH`
    #[arg(long, value_name = "NAME", requires = "issuer", conflicts_with = "key", required_unless_present = "key")]
    identity: Option<String>,

    /// Who says that it was them, such as `https://token.actions.githubusercontent.com`
    #[arg(long, value_name = "URL", requires = "identity")]
    issuer: Option<String>,

    /// The authorities and logs that are believed, in a `trusted_root.json` of Sigstore [default: the public ones]
    #[arg(long, value_name = "FILE", requires = "identity")]
    trusted_root: Option<PathBuf>,
}

impl Signed {
    /// Who that is, if it is somebody.
    pub(in crate::command) fn identified(&self) -> anyhow::Result<Option<Identified>> {
        let (Some(name), Some(issuer)) = (self.identity.clone(), self.issuer.clone()) else { return Ok(None) };
        let roots = Instance { services: None, roots: self.trusted_root.as_deref() }.roots()?;
        Ok(Some(Identified { identity: Identity { name, issuer }, roots }))
    }
}
