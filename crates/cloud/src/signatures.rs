//! With what releases are signed: a key in KMS, which the root `foundation` has.
//!
//! What counts is what the project says, in the checkout or the bundle, and what the release that serves was under: a release
//! that no longer demands signatures is the last one that needs them.

use anyhow::Context;
use hint::Hint;
use model::stack::{FOUNDATION, Signatures, Stack};
use oci::Digest;
use registry::{
    Registry,
    signatures::{self, Said},
    signing::{PROVENANCE, Provenance, PublicKey, SIGNATURE, Signer, Signing},
};

use crate::{
    aws::{Account, Settings, kms::Kms},
    record::Record,
    site,
};

/// What is to be signed, with which key.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether nothing may be released that was not signed before.
    pub required: bool,
    /// Alias of the key.
    alias: String,
    /// The key's region.
    region: String,
}

/// A key in KMS.
#[derive(Clone, Debug)]
pub struct Key {
    service: Kms,
    arn: String,
    public: PublicKey,
}

impl Policy {
    /// What `stack` says of it, if it says something.
    pub(crate) fn of(stack: &Stack) -> Option<Self> {
        let foundation = stack.foundation.as_ref()?;
        let Signatures { key, required } = foundation.signatures.clone()?;
        Some(Self { required, alias: key, region: foundation.region.clone() })
    }

    /// The same after `live`, whose own demands hold for what takes its place.
    pub(crate) fn after(own: Option<Self>, live: Option<&Record>) -> Option<Self> {
        let past = live.and_then(|live| Self::of(&live.release.stack)).filter(|past| past.required);
        match (own, past) {
            (Some(own), past) => Some(Self { required: own.required || past.is_some(), ..own }),
            (None, past) => past,
        }
    }

    /// The key, which is in `account`.
    pub async fn key(&self, account: &Account) -> anyhow::Result<Key> {
        let service = Kms::new(&account.in_region(&self.region));
        let found = service.public_key(&self.alias).await;
        let found = found.with_context(|| format!("asking for the key `{}`", self.alias)).hint(
            "who deploys, verifies or plans needs `kms:GetPublicKey` for the key, and `kms:Sign` to sign: docs/signatures.md",
        )?;
        let found = found
            .with_context(|| format!("releases are to be signed with `{}`, and there is no such key", self.alias))
            .with_hint(|| format!("`driftless bootstrap` makes what the root `{FOUNDATION}` has"))?;
        let public = PublicKey::from_der(&found.der).with_context(|| format!("reading the key `{}`", found.arn))?;
        Ok(Key { service, arn: found.arn, public })
    }
}

const MAY_SIGN: &str = "who releases needs `kms:Sign` for the key: docs/signatures.md";

impl Key {
    /// An error unless the caller may sign with it, before anything is done that has to be signed afterwards.
    pub(crate) async fn may_sign(&self) -> anyhow::Result<()> {
        self.service.may_sign(&self.arn).await.context("asking KMS whether we may sign").hint(MAY_SIGN)
    }
}

/// The key that the images of `stack` are signed with, if they are.
pub async fn signer(stack: &Stack) -> anyhow::Result<Option<Key>> {
    let region = Some(site::foundation(stack)?.region.clone());
    let account = Account::load(&Settings { region, ..Settings::default() }).await;
    match Policy::of(stack) {
        Some(policy) => policy.key(&account).await.map(Some),
        None => Ok(None),
    }
}

impl Signer for Key {
    fn key(&self) -> &PublicKey {
        &self.public
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        Box::pin(async move {
            let signed = self.service.sign(&self.arn, Digest::of(message).bytes()).await;
            signed.context("signing in KMS").hint(MAY_SIGN)
        })
    }
}

/// Whether the image `digest` of `repository` is signed with `key`, in a sentence: an error where it is not.
pub(crate) async fn check(
    registry: &Registry,
    repository: &str,
    digest: &Digest,
    key: &PublicKey,
) -> anyhow::Result<Result<String, String>> {
    let said = signatures::said(registry, repository, digest, key).await?;
    Ok(words(&said, key))
}

fn words(said: &Said, key: &PublicKey) -> Result<String, String> {
    if said.of(SIGNATURE).is_none() {
        let refused = if said.refused.is_empty() {
            String::new()
        } else {
            format!("; what is attached to it does not count: {}", said.refused.join("; "))
        };
        return Err(format!("it is not signed with the key {key}{refused}"));
    }
    let built = said.of(PROVENANCE).and_then(Provenance::read).map(|Provenance { builder, commits }| {
        let from = if commits.is_empty() { String::new() } else { format!(" from {}", commits.join(", ")) };
        format!("; built{from} by {builder}")
    });
    Ok(format!("it is signed with the key {key}{}", built.unwrap_or_default()))
}
