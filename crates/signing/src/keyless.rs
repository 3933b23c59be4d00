//! Signatures without a key of one's own: a certificate says who had the key when it signed, and a public log that it did.
//! <https://docs.sigstore.dev/about/overview/>
//!
//! Sigstore's own library checks them; what it says is under no condition is refused here, too.

mod cryptography;

use std::fmt;

use anyhow::{Context, anyhow, ensure};
use oci::Digest;
use serde::Deserialize;
use sigstore_verify::{
    VerificationPolicy, Verifier,
    trust_root::{SigstoreInstance, TrustedRoot},
    types::{Bundle, MediaType, Sha256Hash, SignatureContent},
};

use crate::{Signatory, Statement, envelope::IN_TOTO};

/// Whom a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the certificate calls them: the address of a workflow with its branch or tag, or of a person.
    pub name: String,
    /// Who says so: the service whose token was shown.
    pub issuer: String,
}

/// GitHub, where it issues tokens to workflows.
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// What a token says, as far as a certificate says it, too.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    email: Option<String>,
    job_workflow_ref: Option<String>,
}

impl Identity {
    /// Whom a certificate will be for that is asked for with a token of these claims (JSON), as Fulcio decides it.
    /// <https://github.com/sigstore/fulcio/blob/main/docs/oidc.md>
    pub fn of_claims(claims: &[u8]) -> anyhow::Result<Self> {
        let Claims { iss, sub, email, job_workflow_ref } =
            serde_json::from_slice(claims).context("the identity token says neither who issued it nor to whom")?;
        let name = match job_workflow_ref {
            Some(workflow) if iss == GITHUB => format!("https://github.com/{workflow}"),
            _ => email.unwrap_or(sub),
        };
        Ok(Self { name, issuer: iss })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of {}", self.name, self.issuer)
    }
}

/// The authorities and logs that are believed.
pub struct Roots(Verifier);

impl Roots {
    /// Those of Sigstore's public instance, as this program was released with them.
    pub fn public() -> anyhow::Result<Self> {
        Self::of(&SigstoreInstance::PublicGood.embedded_trusted_root()?)
    }

    /// Those in a `trusted_root.json` of another instance.
    pub fn parse(json: &str) -> anyhow::Result<Self> {
        Self::of(&TrustedRoot::from_json(json).context("it is not a trusted root of Sigstore")?)
    }

    fn of(root: &TrustedRoot) -> anyhow::Result<Self> {
        cryptography::install();
        Ok(Self(Verifier::new(root).context("reading the trusted root")?))
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Roots")
    }
}

/// Somebody with an identity, as far as some roots vouch for it.
#[derive(Debug)]
pub struct Identified {
    /// Who.
    pub identity: Identity,
    /// Whom to believe that.
    pub roots: Roots,
}

impl Signatory for Identified {
    fn statement(&self, bundle: &[u8], about: Digest) -> anyhow::Result<Statement> {
        let bundle = std::str::from_utf8(bundle).context("it is not a Sigstore bundle")?;
        let bundle = Bundle::from_json(bundle).context("it is not a Sigstore bundle")?;
        ensure!(bundle.media_type() == MediaType::Bundle0_3, "the bundle is not one of version 0.3");
        let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
            return Err(anyhow!("the bundle has no signed statement"));
        };
        ensure!(bundle.signing_certificate().is_some(), "it is signed with a key that has no certificate");
        ensure!(
            envelope.payload_type == IN_TOTO,
            "what is signed is `{}`, not a statement",
            envelope.payload_type.escape_default()
        );
        let Identity { name, issuer } = &self.identity;
        let policy = VerificationPolicy::new(name.as_str(), issuer.as_str());
        let artifact = Sha256Hash::new(*about.bytes());
        self.roots.0.verify(artifact, &bundle, &policy)?;
        serde_json::from_slice(envelope.payload.as_bytes()).context("what is signed is not a statement of in-toto")
    }
}

impl fmt::Display for Identified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.identity.fmt(f)
    }
}

#[cfg(test)]
mod tests;
