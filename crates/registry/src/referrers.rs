//! Referrers: documents about an image, such as its list of packages, that a registry stores with it.

mod list;

use std::collections::BTreeMap;

use anyhow::Context;
use futures_util::future::try_join3;
use oci::{Digest, StoredManifest, media_type};
use serde_json::{Value, json};

use super::{Registry, TransferEvent};

pub(crate) use self::list::{Referrer, referrers};

/// The empty config of an artifact.
/// <https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidance-for-an-empty-descriptor>
const EMPTY: &[u8] = b"{}";
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";

/// A document about an image, to be stored as a referrer.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Such as `application/vnd.cyclonedx+json`; becomes the artifact type.
    pub media_type: String,
    /// The document itself.
    pub bytes: Vec<u8>,
    /// What the list of referrers says of it.
    pub annotations: BTreeMap<String, String>,
}

/// Attaches a document to the image `subject` of `repository`. Returns the digest of the document's manifest.
///
/// If the registry has no API for referrers, they are listed under the tag `sha256-…` of the specification.
pub async fn attach(
    registry: &Registry,
    repository: &str,
    subject: &Digest,
    attachment: &Attachment,
) -> anyhow::Result<Digest> {
    let version = subject.to_string();
    let image = registry.retrying(|| registry.fetch_manifest(repository, &version));
    let blob = async |bytes: &[u8]| registry.retrying(|| registry.put_small_blob(repository, bytes)).await;
    let (image, (), ()) = try_join3(image, blob(EMPTY), blob(&attachment.bytes)).await?;
    let image = image.with_context(|| format!("the registry has no image `{subject}` in `{repository}`"))?;
    let manifest = manifest(&image, attachment).to_string();
    let digest = Digest::of(manifest.as_bytes());
    let version = digest.to_string();
    let put = || registry.put_manifest(repository, &version, media_type::MANIFEST, manifest.as_bytes());
    registry.retrying(put).await?;
    let listed = list::in_api(registry, repository, subject).await?;
    if !listed.is_some_and(|listed| list::contains(&listed, &digest)) {
        list(registry, repository, subject, &manifest, attachment).await?;
    }
    let (repository, subject, media_type) = (repository.to_owned(), *subject, attachment.media_type.clone());
    registry.report(TransferEvent::Attached { repository, subject, digest, media_type });
    Ok(digest)
}

fn manifest(image: &StoredManifest, attachment: &Attachment) -> Value {
    let mut manifest = json!({
        "schemaVersion": 2,
        "mediaType": media_type::MANIFEST,
        "artifactType": attachment.media_type,
        "config": { "mediaType": EMPTY_TYPE, "digest": Digest::of(EMPTY), "size": EMPTY.len() },
        "layers": [{
            "mediaType": attachment.media_type,
            "digest": Digest::of(&attachment.bytes),
            "size": attachment.bytes.len(),
        }],
        "subject": { "mediaType": image.media_type, "digest": image.digest, "size": image.bytes.len() },
    });
    annotate(&mut manifest, attachment);
    manifest
}

fn annotate(document: &mut Value, attachment: &Attachment) {
    if !attachment.annotations.is_empty() {
        document["annotations"] = json!(attachment.annotations);
    }
}

/// Adds the document to the index under the tag `sha256-…` of the image.
/// <https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema>
async fn list(
    registry: &Registry,
    repository: &str,
    subject: &Digest,
    manifest: &str,
    attachment: &Attachment,
) -> anyhow::Result<()> {
    let mut manifests = list::under_tag(registry, repository, subject).await?;
    let digest = Digest::of(manifest.as_bytes());
    if list::contains(&manifests, &digest) {
        return Ok(());
    }
    let mut entry = json!({
        "mediaType": media_type::MANIFEST,
        "digest": digest,
        "size": manifest.len(),
        "artifactType": attachment.media_type,
    });
    annotate(&mut entry, attachment);
    manifests.push(entry);
    let index = json!({ "schemaVersion": 2, "mediaType": media_type::INDEX, "manifests": manifests }).to_string();
    let tag = list::tag(subject);
    let put = || registry.put_manifest(repository, &tag, media_type::INDEX, index.as_bytes());
    match registry.retrying(put).await {
        Err(failure) if failure.is_of_immutable_tag() => hint::bail!(
            "the registry cannot list another document about `{subject}`: it has no API for referrers, and the tag `{tag}`, which \
             lists them instead, cannot move",
            hint = "except tags that begin with `sha256-` from the immutable ones of `{repository}`"
        ),
        put => Ok(put.map(drop)?),
    }
}
