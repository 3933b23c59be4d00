//! Requests about manifests and indexes: check, download, upload.

use std::sync::LazyLock;

use oci::{Digest, StoredManifest, media_type};
use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};

use super::{
    Registry,
    blobs::{DIGEST, check_digest, pull_scope, push_scope},
    error::Error,
    http::protocol,
    request::{Body, Request},
};

/// An `Accept` header with every kind of manifest.
static ANY: LazyLock<String> = LazyLock::new(|| media_type::MANIFESTS.join(", "));

impl Registry {
    /// The digest of the manifest `version`, a tag or digest; none if it does not exist.
    pub(super) async fn manifest_digest(
        &self,
        repository: &str,
        version: &str,
        accept: &'static str,
    ) -> Result<Option<Digest>, Error> {
        let request = self.manifest(Method::HEAD, repository, version, push_scope(repository)).accept(accept);
        let response = self.send(&request).await?;
        let status = response.status();
        match digest_of(response.headers()) {
            Some(digest) if status == StatusCode::OK => Ok(Some(digest)),
            _ if status == StatusCode::NOT_FOUND => Ok(None),
            _ if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                Err(self.refusal(&request, response).await)
            }
            // No digest, or an error without a message: repeat it with a body.
            _ => {
                let request = Request { method: Method::GET, ..request };
                Ok(self.fetch(&request).await?.map(|fetched| fetched.digest))
            }
        }
    }

    /// The manifest `version`, a tag or digest; none if it does not exist.
    pub(super) async fn fetch_manifest(
        &self,
        repository: &str,
        version: &str,
    ) -> Result<Option<StoredManifest>, Error> {
        let request = self.manifest(Method::GET, repository, version, pull_scope(repository)).accept(&ANY);
        let fetched = self.fetch(&request).await?;
        if let (Some(fetched), Ok(digest)) = (&fetched, version.parse::<Digest>())
            && fetched.digest != digest
        {
            return Err(Error::Corrupt { request: request.to_string(), digest, actual: fetched.digest });
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
    ) -> Result<HeaderMap, Error> {
        let request = self
            .manifest(Method::PUT, repository, version, push_scope(repository))
            .with(media_type, Body::Bytes(bytes.to_vec()));
        let response = self.send(&request).await?;
        if !matches!(response.status(), StatusCode::CREATED | StatusCode::OK | StatusCode::ACCEPTED) {
            return Err(self.refusal(&request, response).await);
        }
        check_digest(&request, &response, &Digest::of(bytes))?;
        Ok(response.headers().clone())
    }

    async fn fetch(&self, request: &Request) -> Result<Option<StoredManifest>, Error> {
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(self.refusal(request, response).await),
        }
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let said = digest_of(response.headers());
        let bytes = self.http.document(request, response).await?;
        let manifest = StoredManifest::new(media_type, bytes);
        match said {
            Some(digest) if digest != manifest.digest => {
                Err(Error::Corrupt { request: request.to_string(), digest, actual: manifest.digest })
            }
            _ if manifest.bytes.is_empty() => Err(protocol(request, "the manifest is empty".to_owned())),
            _ => Ok(Some(manifest)),
        }
    }

    fn manifest(&self, method: Method, repository: &str, version: &str, scope: String) -> Request {
        Request::new(method, self.url(repository, &format!("manifests/{version}")), scope)
    }
}

/// An `Accept` header for this kind of manifest, shorter than [`ANY`] if possible.
pub(super) fn accept(kind: &str) -> &'static str {
    match kind {
        media_type::MANIFEST => media_type::MANIFEST,
        media_type::INDEX => media_type::INDEX,
        _ => &ANY,
    }
}

fn digest_of(headers: &HeaderMap) -> Option<Digest> {
    headers.get(DIGEST)?.to_str().ok()?.parse().ok()
}
