//! Referrers: documents about an image, such as its list of packages, that a registry stores with it.

use anyhow::Context;
use futures_util::future::try_join3;
use oci::{Digest, StoredManifest, media_type};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Registry, TransferEvent, blobs::pull_scope, error::Error, request::Request};

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
    let listed = registry.retrying(|| registry.lists(repository, subject, &digest)).await?;
    if !listed {
        list(registry, repository, subject, &manifest, attachment).await?;
    }
    let (repository, subject, media_type) = (repository.to_owned(), *subject, attachment.media_type.clone());
    registry.report(TransferEvent::Attached { repository, subject, digest, media_type });
    Ok(digest)
}

fn manifest(image: &StoredManifest, attachment: &Attachment) -> Value {
    json!({
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
    })
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
    let tag = format!("sha256-{}", subject.hex());
    let known = registry.retrying(|| registry.fetch_manifest(repository, &tag)).await?;
    let known = known.and_then(|known| serde_json::from_slice::<Value>(&known.bytes).ok());
    let mut manifests = known.and_then(|mut index| Some(index.get_mut("manifests")?.take().as_array()?.clone()));
    let manifests = manifests.get_or_insert_default();
    let digest = Digest::of(manifest.as_bytes()).to_string();
    if manifests.iter().any(|known| known["digest"] == digest.as_str()) {
        return Ok(());
    }
    manifests.push(json!({
        "mediaType": media_type::MANIFEST,
        "digest": digest,
        "size": manifest.len(),
        "artifactType": attachment.media_type,
    }));
    let index = json!({ "schemaVersion": 2, "mediaType": media_type::INDEX, "manifests": manifests }).to_string();
    registry.retrying(|| registry.put_manifest(repository, &tag, media_type::INDEX, index.as_bytes())).await?;
    Ok(())
}

impl Registry {
    /// True if the registry lists the document `digest` among the referrers of `subject`. False if it has no such list, or
    /// does not allow access to it.
    async fn lists(&self, repository: &str, subject: &Digest, digest: &Digest) -> Result<bool, Error> {
        let url = self.url(repository, &format!("referrers/{subject}"));
        let request = Request::new(Method::GET, url, pull_scope(repository)).accept(media_type::INDEX);
        let response = self.send(&request).await?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(self.refusal(&request, response).await);
        }
        if status != StatusCode::OK {
            return Ok(false);
        }
        let bytes = self.http.document(&request, response).await?;
        let index: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let digest = digest.to_string();
        let manifests = index["manifests"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(manifests.iter().any(|known| known["digest"] == digest.as_str()))
    }
}
