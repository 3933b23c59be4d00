//! Sigstore bundles, version 0.3: a signed statement with what checks it.
//! <https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto>

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::{
    PublicKey, Statement,
    envelope::{Base64, Envelope, IN_TOTO, Signature, encoded},
};

/// The media type of bundles.
pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A signed statement. What it says is behind [`Bundle::statement`].
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    media_type: String,
    verification_material: Material,
    dsse_envelope: Envelope,
}

/// What is there to check the signature, besides the key. Proofs of transparency logs are not read: the key is known.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<Hint>,
}

/// Which key it may have been; whoever checks has one, and does not choose by this.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

impl Bundle {
    pub(crate) fn new(payload: Vec<u8>, signature: Vec<u8>, key: &PublicKey) -> Self {
        let verification_material = Material { public_key: Some(Hint { hint: key.hint() }) };
        let (payload, signatures) = (Base64(payload), vec![Signature { sig: Base64(signature) }]);
        let dsse_envelope = Envelope { payload, payload_type: IN_TOTO.to_owned(), signatures };
        Self { media_type: MEDIA_TYPE.to_owned(), verification_material, dsse_envelope }
    }

    /// Parses a bundle. Nothing in it has been checked then.
    pub fn parse(json: &[u8]) -> anyhow::Result<Self> {
        let bundle: Self =
            serde_json::from_slice(json).context("it is not a Sigstore bundle with a signed statement")?;
        ensure!(
            bundle.media_type == MEDIA_TYPE,
            "the bundle is `{}`; version 0.3 is read",
            bundle.media_type.escape_default()
        );
        Ok(bundle)
    }

    /// As JSON.
    pub fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("it has only texts")
    }

    /// What it says, if `key` has signed that.
    pub fn statement(&self, key: &PublicKey) -> anyhow::Result<Statement> {
        let Envelope { payload, payload_type, signatures } = &self.dsse_envelope;
        ensure!(payload_type == IN_TOTO, "what is signed is `{}`, not a statement", payload_type.escape_default());
        // So it must be in a bundle; which of several was checked would be anybody's guess.
        let [signature] = &signatures[..] else {
            anyhow::bail!("the bundle has {} signatures, not one", signatures.len())
        };
        key.check(&encoded(payload_type, &payload.0), &signature.sig.0)?;
        serde_json::from_slice(&payload.0).context("what is signed is not a statement of in-toto")
    }
}

#[cfg(test)]
mod tests;
