//! Signed statements about images: Sigstore bundles that refer to them, as `cosign` stores and finds them.
//! <https://github.com/sigstore/cosign/blob/v3.1.2/specs/BUNDLE_SPEC.md>

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, ensure};
use oci::{Descriptor, Digest};
use serde::Deserialize;
use signing::{MEDIA_TYPE, Signatory, Statement};

use crate::{
    Attachment, By, Registry, attach,
    referrers::{Referrer, referrers},
};

/// Bundles of one image that are read. Each push adds none where there is one that counts, so that there are a few.
const MOST: usize = 100;

/// Largest bundle that is read, in bytes.
const LARGEST: u64 = 8 << 20;

/// Says what the bundle holds, and of what kind the statement in it is.
const CONTENT: &str = "dev.sigstore.bundle.content";
const PREDICATE: &str = "dev.sigstore.bundle.predicateType";

/// What somebody says of an image.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Of each kind, the first statement that is about the image and nothing else, and that they have signed.
    statements: Vec<Statement>,
    /// Why others do not count, each as a sentence.
    pub refused: Vec<String>,
}

impl Said {
    /// The statement of this kind.
    pub fn of(&self, predicate_type: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.predicate_type() == predicate_type)
    }
}

/// Reads what `who` has signed about the image `subject` of `repository`.
pub async fn said(
    registry: &Registry,
    repository: &str,
    subject: &Digest,
    who: &dyn Signatory,
) -> anyhow::Result<Said> {
    let reading = || format!("reading the signatures of `{repository}@{subject}`");
    let listed = referrers(registry, repository, subject).await.with_context(reading)?;
    let bundles: Vec<_> = listed.iter().filter(|listed| listed.artifact_type.as_deref() == Some(MEDIA_TYPE)).collect();
    ensure!(bundles.len() <= MOST, "`{repository}@{subject}` has {} signatures; {MOST} are read", bundles.len());
    let mut said = Said::default();
    for referrer in bundles {
        // What it is listed as is nobody's word, but spares reading what is known.
        let kind = referrer.annotations.as_ref().and_then(|annotations| annotations.get(PREDICATE));
        if kind.is_some_and(|kind| said.of(kind).is_some()) {
            continue;
        }
        let bundle = fetch(registry, repository, referrer).await.with_context(reading)?;
        match checked(&bundle, subject, who) {
            Ok(statement) if said.of(statement.predicate_type()).is_none() => said.statements.push(statement),
            Ok(_) => {}
            Err(error) => said.refused.push(format!("{}: {error:#}", referrer.digest.short())),
        }
    }
    Ok(said)
}

/// Signs `statements`, which are about `subject`, and attaches them to that image.
pub async fn sign(
    registry: &Registry,
    repository: &str,
    subject: &Digest,
    by: By<'_>,
    statements: &[Statement],
) -> anyhow::Result<()> {
    // One after the other: where they are listed under a tag, the list is read and written.
    for statement in statements {
        let doing = || format!("signing `{repository}@{subject}`");
        let bundle = by.bundle(statement, *subject).await.with_context(doing)?;
        let annotations = [(CONTENT, "dsse-envelope"), (PREDICATE, statement.predicate_type())];
        let annotations: BTreeMap<_, _> =
            annotations.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let attachment = Attachment { media_type: MEDIA_TYPE.to_owned(), bytes: bundle, annotations };
        attach(registry, repository, subject, &attachment).await.with_context(doing)?;
    }
    Ok(())
}

fn checked(bundle: &[u8], subject: &Digest, who: &dyn Signatory) -> anyhow::Result<Statement> {
    let statement = who.statement(bundle, *subject)?;
    let kind = statement.predicate_type().to_owned();
    statement.is_about(&kind, *subject).map_err(|why| anyhow::anyhow!("the statement {why}"))?;
    Ok(statement)
}

#[derive(Deserialize)]
struct Manifest {
    layers: Vec<Descriptor>,
}

/// The bytes of a bundle; empty if there is none of a size to be read, which is no bundle.
async fn fetch(registry: &Registry, repository: &str, referrer: &Referrer) -> anyhow::Result<Vec<u8>> {
    let version = referrer.digest.to_string();
    let manifest = registry.retrying(|| registry.fetch_manifest(repository, &version)).await?;
    let layers = manifest.and_then(|manifest| serde_json::from_slice::<Manifest>(&manifest.bytes).ok());
    let Some([layer]) = layers.as_ref().map(|manifest| &manifest.layers[..]) else { return Ok(Vec::new()) };
    if layer.media_type != MEDIA_TYPE || layer.size > LARGEST {
        return Ok(Vec::new());
    }
    let fetch = async || {
        let mut bytes = Vec::new();
        registry.fetch_blob(repository, layer, Path::new("a signature"), &mut bytes, |_| ()).await.map(|()| bytes)
    };
    Ok(registry.retrying(fetch).await?)
}
