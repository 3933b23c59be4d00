//! Signing without a key of one's own: an identity token becomes a certificate for a key that lives for one signature, and the
//! signature is written into a public log.

use std::{path::Path, time::Duration};

use anyhow::{Context, anyhow, bail, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oci::Digest;
use reqwest::{Url, header::AUTHORIZATION};
use serde::Deserialize;
use signing::{Identified, Identity, Roots, Signatory, Statement};
use sigstore_sign::{
    SigningContext, SigningServices, SigstoreInstance, oidc::IdentityToken, trust_root::SigningConfig,
};

use crate::{Settings, Trust, clients::Clients};

/// Who tokens have to be for.
const AUDIENCE: &str = "sigstore";

/// Largest answer with a token that is read, in bytes.
const LARGEST: usize = 64 << 10;

/// Longest that one signature may take: three services are asked.
const PATIENCE: Duration = Duration::from_secs(90);

/// Where tokens come from. Nobody sees what is in it.
pub enum TokenSource {
    /// It is there already.
    Given(String),
    /// A job of GitHub asks for one at `url`, with the right that `bearer` is.
    GitHub {
        /// `ACTIONS_ID_TOKEN_REQUEST_URL`
        url: String,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`
        bearer: String,
    },
}

/// Somebody with an identity token, who can sign.
pub struct Keyless {
    signer: sigstore_sign::Signer,
    who: Identified,
}

/// What is asked, and whom to believe. None is Sigstore's public instance.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instance<'a> {
    /// A `signing_config.json`.
    pub services: Option<&'a Path>,
    /// A `trusted_root.json`.
    pub roots: Option<&'a Path>,
}

impl Instance<'_> {
    /// Whom to believe.
    pub fn roots(&self) -> anyhow::Result<Roots> {
        let Some(path) = self.roots else { return Roots::public() };
        Roots::parse(&read(path)?).with_context(|| format!("reading `{}`", path.display()))
    }

    fn services(&self) -> anyhow::Result<SigningServices> {
        let Some(path) = self.services else {
            return Ok(SigningServices::from_embedded(SigstoreInstance::PublicGood)?);
        };
        let reading = || format!("reading `{}`", path.display());
        let config = SigningConfig::from_json(&read(path)?).with_context(reading)?;
        // The log's time does where nobody else says the time.
        if let ([], Some(fulcio), Some(rekor)) = (&config.tsa_urls[..], config.fulcio_url(), config.rekor_url(Some(1)))
        {
            return Ok(SigningServices::new(&fulcio.url, &rekor.url));
        }
        SigningServices::from_signing_config(&config).with_context(reading)
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8(oci::read_document(path)?)?)
}

impl Keyless {
    /// Asks for the token. Nothing is signed yet.
    pub async fn new(source: TokenSource, instance: Instance<'_>, trust: Trust) -> anyhow::Result<Self> {
        let (services, roots) = (instance.services()?, instance.roots()?);
        let clients = Clients::without_registry(trust, Settings::default());
        let token = source.token(&clients).await.context("getting an identity token")?;
        let identity = identity(&token)?;
        let client = clients.of(&Url::parse(services.fulcio_url())?)?.clone();
        // The library says why a token is none; the token is in no message of it.
        let token = IdentityToken::from_jwt(&token).context("reading the identity token")?;
        ensure!(!token.is_expired(), "the identity token has expired");
        let signer = SigningContext::new(services).with_http_client(client).signer(token);
        Ok(Self { signer, who: Identified { identity, roots } })
    }

    /// Whose signatures these are.
    pub fn who(&self) -> &Identified {
        &self.who
    }

    /// The bundle of `statement`, which is about `subject`. What comes back has been checked.
    pub async fn sign(&self, statement: &Statement, subject: Digest) -> anyhow::Result<Vec<u8>> {
        let payload = serde_json::to_vec(statement)?;
        let signed = tokio::time::timeout(PATIENCE, self.signer.sign_raw_statement(&payload)).await;
        let signed = signed.map_err(|_| anyhow!("it took longer than {} s", PATIENCE.as_secs()));
        let bundle = signed.and_then(|signed| Ok(signed?)).context("signing by Sigstore's services")?;
        let bundle = bundle.to_json()?.into_bytes();
        self.who.statement(&bundle, subject).context("checking the signature that was just made")?;
        Ok(bundle)
    }
}

impl std::fmt::Debug for Keyless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyless({})", self.who)
    }
}

/// Whom the token is for. It is not checked: Fulcio does that.
fn identity(token: &str) -> anyhow::Result<Identity> {
    let [_, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { bail!("the identity token is no JWT") };
    Identity::of_claims(&URL_SAFE_NO_PAD.decode(claims).map_err(|_| anyhow!("the identity token is no JWT"))?)
}

#[derive(Deserialize)]
struct Answer {
    value: String,
}

impl TokenSource {
    async fn token(self, clients: &Clients) -> anyhow::Result<String> {
        let (url, bearer) = match self {
            Self::Given(token) => return Ok(token.trim().to_owned()),
            Self::GitHub { url, bearer } => (url, bearer),
        };
        let mut url = Url::parse(&url).context("`ACTIONS_ID_TOKEN_REQUEST_URL` is no address")?;
        url.query_pairs_mut().append_pair("audience", AUDIENCE);
        let request = clients.of(&url)?.get(url).header(AUTHORIZATION, format!("bearer {bearer}"));
        let mut answer = request.timeout(PATIENCE).send().await.map_err(reqwest::Error::without_url)?;
        ensure!(answer.status().is_success(), "GitHub answered {}", answer.status());
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            ensure!(body.len() + part.len() <= LARGEST, "the answer has more than {LARGEST} bytes");
            body.extend_from_slice(&part);
        }
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| anyhow!("the answer has no token"))?;
        Ok(answer.value)
    }
}
