//! Signatures of records: an object beside each, made once as the record is. A record is what its key has signed, whoever else
//! may write to the bucket.

use anyhow::{Context, ensure};
use hint::Hint;
use oci::Digest;
use registry::signing::{Bundle, PublicKey, RECORD, Signer, Statement, sign};

use super::{Record, Records, Store, key};

/// The key of the signature of release `number` of `environment`. No number of a release is called so.
fn signature_key(environment: &str, number: u32) -> String {
    format!("{}.sigstore.json", key(environment, number).trim_end_matches(".json"))
}

impl<S: Store> Records<S> {
    /// Signs `body`, which is to be release `number`.
    pub(super) async fn sign(&self, signer: &dyn Signer, number: u32, body: &[u8]) -> anyhow::Result<Bundle> {
        let statement = Statement::new(RECORD, Digest::of(body), serde_json::json!({}));
        sign(signer, &statement.named(&key(&self.environment, number))).await.context("signing the record")
    }

    /// Keeps the signature of release `number`.
    pub(super) async fn keep(&self, number: u32, bundle: &Bundle) -> anyhow::Result<()> {
        let key = signature_key(&self.environment, number);
        let made = self.store.create(&key, bundle.json()).await.context("keeping the signature of the record")?;
        ensure!(made, "`{key}` is in the state bucket already, and is not ours");
        Ok(())
    }

    /// Whether `record` has a signature. An error if that is not one of `public`, or not of this record: then the record or its
    /// signature was changed.
    pub async fn is_signed(&self, record: &Record, public: &PublicKey) -> anyhow::Result<bool> {
        let Record { number, environment, .. } = record;
        let (key, signature) = (key(environment, *number), signature_key(environment, *number));
        let Some(bundle) = self.store.read(&signature).await? else { return Ok(false) };
        let body = self.store.read(&key).await?.unwrap_or_default();
        let checked = || {
            let statement = Bundle::parse(&bundle)?.statement(public)?;
            let about = statement.is_about(RECORD, Digest::of(&body));
            about.map_err(|why| anyhow::anyhow!("the statement {why}"))?;
            ensure!(statement.name() == Some(&key), "the statement is about another record");
            // What is at hand could have been read before it was changed back.
            ensure!(serde_json::from_slice::<Record>(&body)? == *record, "it changes while it is read");
            anyhow::Ok(())
        };
        checked()
            .with_context(|| format!("release {number} of `{environment}` is not what was signed"))
            .with_hint(|| {
                format!("the state bucket keeps every version of `{key}` and `{signature}`: see who wrote them, and restore the right ones")
            })?;
        Ok(true)
    }
}
