//! How it behaves when it behaves.

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use oci::{Digest, Hasher};
use serde_json::{Value, json};

use super::{Shared, Step};

const DIGEST: &str = "docker-content-digest";

/// Larger blobs are not kept, only their digests.
const KEPT: u64 = 16 << 20;

impl Shared {
    pub(super) async fn behave(&self, step: Step, request: Request) -> Response {
        let path = request.uri().path().trim_start_matches("/v2/").to_owned();
        let query = request.uri().query().unwrap_or_default().replace("%3A", ":").replace("%2F", "/");
        let parameter = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        match step {
            Step::HeadManifest | Step::GetManifest => self.manifest(step, split(&path, "/manifests/")),
            Step::PutManifest | Step::PutByDigest => self.put_manifest(split(&path, "/manifests/"), request).await,
            Step::HeadBlob | Step::GetBlob => self.blob(step, split(&path, "/blobs/")),
            Step::Begin | Step::Mount => {
                let (repository, _) = split(&path, "/blobs/uploads/");
                let mounted = parameter("mount").zip(parameter("from"));
                if let Some((digest, from)) = mounted
                    && !self.declines_mounts.load(std::sync::atomic::Ordering::SeqCst)
                    && self.blobs.lock().unwrap().contains(&(from, digest.parse().unwrap()))
                {
                    self.blobs.lock().unwrap().insert((repository.to_owned(), digest.parse().unwrap()));
                    return (StatusCode::CREATED, [(DIGEST, digest)]).into_response();
                }
                let session = format!("/v2/{repository}/blobs/uploads/1?_state=signed");
                (StatusCode::ACCEPTED, [(header::LOCATION, session)]).into_response()
            }
            Step::Put => {
                let (repository, _) = split(&path, "/blobs/uploads/");
                self.put_blob(repository, parameter("digest").unwrap().parse().unwrap(), request.into_body()).await
            }
            Step::Referrers => self.referrers(split(&path, "/referrers/"), parameter("from").as_deref()),
            Step::Token => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn manifest(&self, step: Step, (repository, version): (&str, &str)) -> Response {
        let found = self.manifests.lock().unwrap().get(&(repository.to_owned(), version.to_owned())).cloned();
        let Some((media_type, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
        let headers = [(DIGEST, Digest::of(&bytes).to_string()), ("content-type", media_type)];
        let body = if step == Step::HeadManifest { Body::empty() } else { bytes.into() };
        (headers, body).into_response()
    }

    async fn put_manifest(&self, (repository, version): (&str, &str), request: Request) -> Response {
        let media_type = request.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let Ok(body) = request.into_body().collect().await else { return StatusCode::BAD_REQUEST.into_response() };
        let bytes = body.to_bytes().to_vec();
        let digest = Digest::of(&bytes).to_string();
        let key = |version: &str| (repository.to_owned(), version.to_owned());
        let mut manifests = self.manifests.lock().unwrap();
        if self.immutable && manifests.get(&key(version)).is_some_and(|(_, known)| *known != bytes) {
            let said = r#"{"errors":[{"code":"TAG_INVALID","message":"it exists and cannot be overwritten"}]}"#;
            return (StatusCode::BAD_REQUEST, said).into_response();
        }
        manifests.insert(key(version), (media_type.clone(), bytes.clone()));
        manifests.insert(key(&digest), (media_type, bytes));
        (StatusCode::CREATED, [(DIGEST, digest)]).into_response()
    }

    /// One on a page.
    fn referrers(&self, (repository, subject): (&str, &str), from: Option<&str>) -> Response {
        if !self.lists_referrers.load(std::sync::atomic::Ordering::SeqCst) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let manifests = self.manifests.lock().unwrap();
        let parsed = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        let found = manifests.iter().filter(|((of, _), _)| of == repository);
        let listed = found.filter_map(|((_, version), (_, bytes))| {
            let document = parsed(bytes);
            let entry = json!({
                "digest": version, "artifactType": document["artifactType"], "annotations": document["annotations"]
            });
            (document["subject"]["digest"] == subject).then_some(entry)
        });
        let at: usize = from.map_or(0, |from| from.parse().unwrap());
        let mut page: Vec<_> = listed.skip(at).take(2).collect();
        let link =
            (page.len() == 2).then(|| format!("</v2/{repository}/referrers/{subject}?from={}>; rel=\"next\"", at + 1));
        page.truncate(1);
        let index = json!({ "schemaVersion": 2, "manifests": page });
        let mut response =
            ([("content-type", "application/vnd.oci.image.index.v1+json")], index.to_string()).into_response();
        if let Some(link) = link {
            response.headers_mut().insert("link", link.parse().unwrap());
        }
        response
    }

    fn blob(&self, step: Step, (repository, digest): (&str, &str)) -> Response {
        let digest: Digest = digest.parse().unwrap();
        if !self.blobs.lock().unwrap().contains(&(repository.to_owned(), digest)) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let content = self.contents.lock().unwrap().get(&digest).cloned().unwrap_or_default();
        if step == Step::HeadBlob { StatusCode::OK.into_response() } else { content.into_response() }
    }

    /// Takes a blob only whole, and only under its own name.
    async fn put_blob(&self, repository: &str, digest: Digest, mut body: Body) -> Response {
        let mut content = Hasher::new(std::io::sink());
        let mut kept = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return StatusCode::BAD_REQUEST.into_response() };
            let Ok(bytes) = frame.into_data() else { continue };
            std::io::Write::write_all(&mut content, &bytes).unwrap();
            if kept.len() as u64 + bytes.len() as u64 <= KEPT {
                kept.extend_from_slice(&bytes);
            }
        }
        let (_, actual, _) = content.finish();
        if actual != digest {
            let said = r#"{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}"#;
            return (StatusCode::BAD_REQUEST, said).into_response();
        }
        self.blobs.lock().unwrap().insert((repository.to_owned(), digest));
        self.contents.lock().unwrap().insert(digest, kept);
        (StatusCode::CREATED, [(DIGEST, digest.to_string())]).into_response()
    }
}

fn split<'a>(path: &'a str, at: &str) -> (&'a str, &'a str) {
    path.split_once(at).unwrap()
}
