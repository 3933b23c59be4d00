//! Which documents refer to an image: the registry says so, or the index under the tag `sha256-…`.
//! <https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers>

use std::collections::BTreeMap;

use oci::{Digest, media_type};
use reqwest::{Method, Response, StatusCode, Url, header::LINK};
use serde::Deserialize;
use serde_json::Value;

use crate::{Registry, blobs::pull_scope, error::Error, http::protocol, request::Request};

/// Pages of a list that are read. ECR has fifty documents on one.
const PAGES: usize = 20;

/// A document that refers to an image, as it is listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Referrer {
    pub(crate) digest: Digest,
    #[serde(default)]
    pub(crate) artifact_type: Option<String>,
    /// None is said as `null`, too.
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
}

/// The documents that refer to the image `subject` of `repository`. What is listed in another way than the specification has
/// it is left out.
pub(crate) async fn referrers(registry: &Registry, repository: &str, subject: &Digest) -> Result<Vec<Referrer>, Error> {
    let listed = match in_api(registry, repository, subject).await? {
        // Where the registry learnt this later than the documents were stored, they are under the tag.
        Some(listed) if !listed.is_empty() => listed,
        _ => under_tag(registry, repository, subject).await?,
    };
    Ok(listed.into_iter().filter_map(|one| Referrer::deserialize(one).ok()).collect())
}

/// What the registry lists; none if it has no API for that.
pub(super) async fn in_api(
    registry: &Registry,
    repository: &str,
    subject: &Digest,
) -> Result<Option<Vec<Value>>, Error> {
    let mut url = registry.url(repository, &format!("referrers/{subject}"));
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let Some((listed, next)) = registry.retrying(|| registry.page(repository, &url)).await? else {
            return Ok(None);
        };
        all.extend(listed);
        match next {
            Some(next) => url = next,
            None => return Ok(Some(all)),
        }
    }
    let request = Request::new(Method::GET, url, pull_scope(repository));
    Err(protocol(&request, format!("there are more than {PAGES} pages of referrers")))
}

/// What the index under the tag lists.
pub(super) async fn under_tag(registry: &Registry, repository: &str, subject: &Digest) -> Result<Vec<Value>, Error> {
    let tag = tag(subject);
    let known = registry.retrying(|| registry.fetch_manifest(repository, &tag)).await?;
    Ok(known.map(|known| manifests(&known.bytes)).unwrap_or_default())
}

/// <https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema>
pub(super) fn tag(subject: &Digest) -> String {
    format!("sha256-{}", subject.hex())
}

pub(super) fn contains(listed: &[Value], digest: &Digest) -> bool {
    let digest = digest.to_string();
    listed.iter().any(|known| known["digest"] == digest.as_str())
}

fn manifests(index: &[u8]) -> Vec<Value> {
    let mut index: Value = serde_json::from_slice(index).unwrap_or_default();
    let manifests = index.get_mut("manifests").map(Value::take);
    manifests.and_then(|manifests| manifests.as_array().cloned()).unwrap_or_default()
}

impl Registry {
    /// A page of referrers, and where the next one is; none if there is no such API.
    async fn page(&self, repository: &str, url: &Url) -> Result<Option<(Vec<Value>, Option<Url>)>, Error> {
        let request = Request::new(Method::GET, url.clone(), pull_scope(repository)).accept(media_type::INDEX);
        let response = self.send(&request).await?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(self.refusal(&request, response).await);
        }
        if status != StatusCode::OK {
            return Ok(None);
        }
        let next = next(url, &response);
        let index = self.http.document(&request, response).await?;
        Ok(Some((manifests(&index), next)))
    }
}

/// The page after `url`, which is at the same place.
fn next(url: &Url, response: &Response) -> Option<Url> {
    let link = response.headers().get(LINK)?.to_str().ok()?;
    let (target, relation) = link.strip_prefix('<')?.split_once('>')?;
    let target = url.join(target).ok()?;
    (relation.contains("next") && target.origin() == url.origin()).then_some(target)
}
