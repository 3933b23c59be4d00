//! Requests about blobs: check, mount, upload, download.

use std::{io::Write, path::Path, sync::Arc};

use oci::{Descriptor, Digest, Hasher};
use reqwest::{Method, Response, StatusCode, Url};

use super::{
    Registry,
    error::Error,
    http::{location, protocol},
    request::{Body, Request},
    upload::Upload,
};

/// How a registry responds to the start of an upload.
pub(super) enum UploadStart {
    /// The blob was mounted: nothing is left to send.
    Mounted,
    /// The URL to send the blob to.
    Session(Url),
}

/// The header with the digest of what was stored or is sent.
pub(super) const DIGEST: &str = "Docker-Content-Digest";

impl Registry {
    /// True if `repository` has the blob.
    pub(super) async fn has_blob(&self, repository: &str, digest: &Digest) -> Result<bool, Error> {
        let request =
            Request::new(Method::HEAD, self.url(repository, &format!("blobs/{digest}")), push_scope(repository));
        let response = self.send(&request).await?;
        match response.status() {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(self.refusal(&request, response).await),
        }
    }

    /// Starts the upload of a blob, or mounts it from the repository `from`.
    pub(super) async fn start_upload(
        &self,
        repository: &str,
        digest: &Digest,
        from: Option<&str>,
    ) -> Result<UploadStart, Error> {
        let mut url = self.url(repository, "blobs/uploads/");
        let mut scope = push_scope(repository);
        if let Some(from) = from {
            url.query_pairs_mut().append_pair("mount", &digest.to_string()).append_pair("from", from);
            scope = format!("{scope} {}", pull_scope(from));
        }
        let request = Request::new(Method::POST, url, scope);
        let response = self.send(&request).await?;
        match response.status() {
            StatusCode::CREATED if from.is_some() => {
                check_digest(&request, &response, digest)?;
                Ok(UploadStart::Mounted)
            }
            // Also the response where a mount is not possible: the blob is uploaded then.
            StatusCode::ACCEPTED => Ok(UploadStart::Session(location(&request, &response)?)),
            _ => Err(self.refusal(&request, response).await),
        }
    }

    /// Sends a blob to the session of an upload: one request, streamed from the file.
    pub(super) async fn finish_upload(&self, repository: &str, session: Url, upload: Arc<Upload>) -> Result<(), Error> {
        let digest = upload.digest;
        self.put_blob(repository, session, &digest, Body::Upload(upload)).await
    }

    async fn put_blob(&self, repository: &str, mut session: Url, digest: &Digest, body: Body) -> Result<(), Error> {
        session.query_pairs_mut().append_pair("digest", &digest.to_string());
        let request = Request::new(Method::PUT, session, push_scope(repository)).with("application/octet-stream", body);
        let response = self.send(&request).await?;
        match response.status() {
            StatusCode::CREATED | StatusCode::NO_CONTENT => check_digest(&request, &response, digest),
            _ => Err(self.refusal(&request, response).await),
        }
    }

    /// Uploads a blob from memory, unless `repository` has it.
    pub(super) async fn put_small_blob(&self, repository: &str, bytes: &[u8]) -> Result<(), Error> {
        let digest = Digest::of(bytes);
        if self.has_blob(repository, &digest).await? {
            return Ok(());
        }
        let UploadStart::Session(session) = self.start_upload(repository, &digest, None).await? else { return Ok(()) };
        self.put_blob(repository, session, &digest, Body::Bytes(bytes.to_vec())).await
    }

    /// Downloads a blob to `out`, and checks its digest. `path` is for errors only.
    pub(super) async fn fetch_blob<W: Write>(
        &self,
        repository: &str,
        blob: &Descriptor,
        path: &Path,
        out: W,
        moved: impl Fn(u64),
    ) -> Result<(), Error> {
        let digest = blob.digest;
        let request =
            Request::new(Method::GET, self.url(repository, &format!("blobs/{digest}")), pull_scope(repository));
        let response = self.send(&request).await?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(&request, response).await);
        }
        let mut out = Hasher::new(out);
        let failed = |source| Error::Write { path: path.display().to_string(), source };
        self.http
            .stream(&request, response, blob.size, |chunk| {
                moved(chunk.len() as u64);
                out.write_all(chunk).map_err(failed)
            })
            .await?;
        let (mut out, actual, _) = out.finish();
        out.flush().map_err(failed)?;
        if actual == digest { Ok(()) } else { Err(Error::Corrupt { request: request.to_string(), digest, actual }) }
    }
}

/// Compares the digest in a response, if it has one, with that of what was sent.
pub(super) fn check_digest(request: &Request, response: &Response, digest: &Digest) -> Result<(), Error> {
    let Some(said) = response.headers().get(DIGEST) else { return Ok(()) };
    let said = String::from_utf8_lossy(said.as_bytes());
    if said == digest.to_string() {
        return Ok(());
    }
    let said: String = said.chars().filter(|c| !c.is_control()).take(100).collect();
    Err(protocol(request, format!("the registry stored `{said}`, `{digest}` was sent")))
}

pub(super) fn push_scope(repository: &str) -> String {
    format!("repository:{repository}:pull,push")
}

pub(super) fn pull_scope(repository: &str) -> String {
    format!("repository:{repository}:pull")
}
