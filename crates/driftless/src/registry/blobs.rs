//! Blobs: asking for them, mounting, sending and fetching them.

use std::{io::Write, path::Path, sync::Arc};

use oci::{Digest, Hasher};
use reqwest::{Method, Response, StatusCode, Url};

use super::{
    Registry,
    call::{Call, Content},
    content::Blob,
    document::Part,
    failure::Failure,
    wire::{location, protocol},
};

/// What a registry answers when an upload is begun.
pub(super) enum Begun {
    /// There is nothing to send: the blob was mounted.
    Mounted,
    /// Where to send it.
    Session(Url),
}

/// The header that names what was stored or is sent.
pub(super) const DIGEST: &str = "Docker-Content-Digest";

impl Registry {
    /// True if `repository` has the blob.
    pub(super) async fn has_blob(&self, repository: &str, digest: &Digest) -> Result<bool, Failure> {
        let call = Call::new(Method::HEAD, self.url(repository, &format!("blobs/{digest}")), push_scope(repository));
        let response = self.send(&call).await?;
        match response.status() {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(self.refusal(&call, response).await),
        }
    }

    /// Begins the upload of a blob, or mounts it from the repository `from`.
    pub(super) async fn begin_upload(
        &self,
        repository: &str,
        digest: &Digest,
        from: Option<&str>,
    ) -> Result<Begun, Failure> {
        let mut url = self.url(repository, "blobs/uploads/");
        let mut scope = push_scope(repository);
        if let Some(from) = from {
            url.query_pairs_mut().append_pair("mount", &digest.to_string()).append_pair("from", from);
            scope = format!("{scope} {}", pull_scope(from));
        }
        let call = Call::new(Method::POST, url, scope);
        let response = self.send(&call).await?;
        match response.status() {
            StatusCode::CREATED if from.is_some() => {
                check_digest(&call, &response, digest)?;
                Ok(Begun::Mounted)
            }
            // Also the answer to a mount that is not to be had: the session is as good as any other.
            StatusCode::ACCEPTED => Ok(Begun::Session(location(&call, &response)?)),
            _ => Err(self.refusal(&call, response).await),
        }
    }

    /// Sends a blob into an upload that was begun: one request, streamed from the file.
    pub(super) async fn finish_upload(&self, repository: &str, session: Url, blob: Arc<Blob>) -> Result<(), Failure> {
        let digest = blob.digest;
        self.put_blob(repository, session, &digest, Content::Blob(blob)).await
    }

    async fn put_blob(
        &self,
        repository: &str,
        mut session: Url,
        digest: &Digest,
        content: Content,
    ) -> Result<(), Failure> {
        session.query_pairs_mut().append_pair("digest", &digest.to_string());
        let call = Call::new(Method::PUT, session, push_scope(repository)).with("application/octet-stream", content);
        let response = self.send(&call).await?;
        match response.status() {
            StatusCode::CREATED | StatusCode::NO_CONTENT => check_digest(&call, &response, digest),
            _ => Err(self.refusal(&call, response).await),
        }
    }

    /// Sends a blob that is in memory, unless `repository` has it.
    pub(super) async fn put_small_blob(&self, repository: &str, bytes: &[u8]) -> Result<(), Failure> {
        let digest = Digest::of(bytes);
        if self.has_blob(repository, &digest).await? {
            return Ok(());
        }
        let Begun::Session(session) = self.begin_upload(repository, &digest, None).await? else { return Ok(()) };
        self.put_blob(repository, session, &digest, Content::Bytes(bytes.to_vec())).await
    }

    /// Writes a blob to `out`, which must turn out to be what `part` says.
    pub(super) async fn fetch_blob<W: Write>(
        &self,
        repository: &str,
        part: &Part,
        path: &Path,
        out: W,
        moved: impl Fn(u64),
    ) -> Result<(), Failure> {
        let digest = part.digest;
        let call = Call::new(Method::GET, self.url(repository, &format!("blobs/{digest}")), pull_scope(repository));
        let response = self.send(&call).await?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(&call, response).await);
        }
        let mut out = Hasher::new(out);
        let failed = |source| Failure::Write { path: path.display().to_string(), source };
        self.wire
            .stream(&call, response, part.size, |chunk| {
                moved(chunk.len() as u64);
                out.write_all(chunk).map_err(failed)
            })
            .await?;
        let (mut out, actual, _) = out.finish();
        out.flush().map_err(failed)?;
        if actual == digest { Ok(()) } else { Err(Failure::Corrupt { request: call.to_string(), digest, actual }) }
    }
}

/// Compares what the registry says that it stored with what was sent. Saying nothing is allowed.
pub(super) fn check_digest(call: &Call, response: &Response, digest: &Digest) -> Result<(), Failure> {
    let Some(said) = response.headers().get(DIGEST) else { return Ok(()) };
    let said = String::from_utf8_lossy(said.as_bytes());
    if said == digest.to_string() {
        return Ok(());
    }
    let said: String = said.chars().filter(|c| !c.is_control()).take(100).collect();
    Err(protocol(call, format!("the registry says that it stored `{said}`, `{digest}` was sent")))
}

pub(super) fn push_scope(repository: &str) -> String {
    format!("repository:{repository}:pull,push")
}

pub(super) fn pull_scope(repository: &str) -> String {
    format!("repository:{repository}:pull")
}
