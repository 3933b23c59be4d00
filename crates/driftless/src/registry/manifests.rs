//! Manifests and indexes: asking for them, fetching and sending them.

use oci::{Digest, media_type};
use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};

use super::{
    Registry,
    blobs::{DIGEST, check_digest, pull_scope, push_scope},
    call::{Call, Content},
    failure::Failure,
    wire::protocol,
};

/// Every kind of manifest that is understood: OCI's, and Docker's, which differ in name only.
pub(super) const ANY: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

/// A manifest or an index as a registry has it.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) bytes: Vec<u8>,
}

impl Registry {
    /// The digest of the manifest `version`, a tag or digest; none if there is no such manifest.
    pub(super) async fn manifest_digest(
        &self,
        repository: &str,
        version: &str,
        accept: &'static str,
    ) -> Result<Option<Digest>, Failure> {
        let call = self.manifest(Method::HEAD, repository, version, push_scope(repository)).accept(accept);
        let response = self.send(&call).await?;
        let status = response.status();
        match digest_of(response.headers()) {
            Some(digest) if status == StatusCode::OK => Ok(Some(digest)),
            _ if status == StatusCode::NOT_FOUND => Ok(None),
            _ if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                Err(self.refusal(&call, response).await)
            }
            // No digest, or an error without words: the same with a body.
            _ => {
                let call = Call { method: Method::GET, ..call };
                Ok(self.fetch(&call).await?.map(|fetched| fetched.digest))
            }
        }
    }

    /// The manifest `version`, a tag or digest; none if there is no such manifest.
    pub(super) async fn fetch_manifest(&self, repository: &str, version: &str) -> Result<Option<Fetched>, Failure> {
        let call = self.manifest(Method::GET, repository, version, pull_scope(repository)).accept(ANY);
        let fetched = self.fetch(&call).await?;
        if let (Some(fetched), Ok(digest)) = (&fetched, version.parse::<Digest>())
            && fetched.digest != digest
        {
            return Err(Failure::Corrupt { request: call.to_string(), digest, actual: fetched.digest });
        }
        Ok(fetched)
    }

    /// Stores a manifest as `version`, a tag or its digest.
    pub(super) async fn put_manifest(
        &self,
        repository: &str,
        version: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<HeaderMap, Failure> {
        let call = self
            .manifest(Method::PUT, repository, version, push_scope(repository))
            .with(media_type, Content::Bytes(bytes.to_vec()));
        let response = self.send(&call).await?;
        if !matches!(response.status(), StatusCode::CREATED | StatusCode::OK | StatusCode::ACCEPTED) {
            return Err(self.refusal(&call, response).await);
        }
        check_digest(&call, &response, &Digest::of(bytes))?;
        Ok(response.headers().clone())
    }

    async fn fetch(&self, call: &Call) -> Result<Option<Fetched>, Failure> {
        let response = self.send(call).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(self.refusal(call, response).await),
        }
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let said = digest_of(response.headers());
        let bytes = self.wire.document(call, response).await?;
        let actual = Digest::of(&bytes);
        match said {
            Some(digest) if digest != actual => Err(Failure::Corrupt { request: call.to_string(), digest, actual }),
            _ if bytes.is_empty() => Err(protocol(call, "the manifest is empty".to_owned())),
            _ => Ok(Some(Fetched { media_type, digest: actual, bytes })),
        }
    }

    fn manifest(&self, method: Method, repository: &str, version: &str, scope: String) -> Call {
        Call::new(method, self.url(repository, &format!("manifests/{version}")), scope)
    }
}

/// What to accept for a manifest of this kind alone. Fewer bytes than [`ANY`].
pub(super) fn accept(kind: &str) -> &'static str {
    match kind {
        media_type::MANIFEST => media_type::MANIFEST,
        media_type::INDEX => media_type::INDEX,
        _ => ANY,
    }
}

fn digest_of(headers: &HeaderMap) -> Option<Digest> {
    headers.get(DIGEST)?.to_str().ok()?.parse().ok()
}
