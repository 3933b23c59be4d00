//! Who can sign: a key in a file, or a service that has the key and never gives it away.

use std::pin::Pin;

use anyhow::Context;

use crate::{
    Bundle, PublicKey, Statement,
    envelope::{IN_TOTO, encoded},
};

/// A signature in the making, in DER.
pub type Signing<'a> = Pin<Box<dyn Future<Output = anyhow::Result<Vec<u8>>> + Send + 'a>>;

/// A private key of P-256, wherever it is.
pub trait Signer: Send + Sync {
    /// The key that checks its signatures.
    fn key(&self) -> &PublicKey;

    /// Signs the SHA-256 of `message`.
    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a>;
}

/// Signs `statement`. What comes back has been checked.
pub async fn sign(signer: &dyn Signer, statement: &Statement) -> anyhow::Result<Bundle> {
    let payload = serde_json::to_vec(statement)?;
    let signature = signer.sign(&encoded(IN_TOTO, &payload)).await?;
    let bundle = Bundle::new(payload, signature, signer.key());
    // A service could have another key by now than it has told of.
    bundle.statement(signer.key()).context("checking the signature that was just made")?;
    Ok(bundle)
}
