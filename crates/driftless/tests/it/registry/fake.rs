//! A registry in this process that misbehaves when told to, on real sockets.

mod fault;
mod protocol;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use oci::Digest;
use tokio::net::TcpListener;

pub(super) use self::fault::{Fault, Step};

/// User and password that it takes.
pub(super) const USER: &str = "ci";
pub(super) const PASSWORD: &str = "correct horse battery";

/// What it asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wants {
    #[default]
    Nothing,
    Basic,
    /// A token; the first one expires after this many requests.
    Token(usize),
}

#[derive(Clone)]
pub(super) struct Fake {
    pub(super) address: String,
    shared: Arc<Shared>,
}

/// Media type and bytes, by repository and by tag or digest.
type Manifests = BTreeMap<(String, String), (String, Vec<u8>)>;

#[derive(Default)]
struct Shared {
    wants: Wants,
    /// Tags do not move.
    immutable: bool,
    declines_mounts: std::sync::atomic::AtomicBool,
    lists_referrers: std::sync::atomic::AtomicBool,
    address: Mutex<String>,
    faults: Mutex<Vec<Fault>>,
    seen: Mutex<Vec<Seen>>,
    blobs: Mutex<BTreeSet<(String, Digest)>>,
    contents: Mutex<BTreeMap<Digest, Vec<u8>>>,
    manifests: Mutex<Manifests>,
    token: Mutex<(usize, usize)>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) step: Step,
    pub(super) authorized: bool,
}

impl Fake {
    pub(super) async fn start() -> Self {
        Self::with(Wants::Nothing, false).await
    }

    pub(super) async fn with(wants: Wants, immutable: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared { wants, immutable, address: Mutex::new(address.clone()), ..Shared::default() });
        let router = Router::new().fallback(handle).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared }
    }

    /// Misbehaves from now on.
    pub(super) fn fault(&self, fault: Fault) {
        self.shared.faults.lock().unwrap().push(fault);
    }

    /// Behaves from now on.
    pub(super) fn behave(&self) {
        self.shared.faults.lock().unwrap().clear();
    }

    /// Answers mounts with an upload's session, as ECR does for blobs that no manifest refers to.
    pub(super) fn decline_mounts(&self) {
        self.shared.declines_mounts.store(true, std::sync::atomic::Ordering::SeqCst);
    }

    /// The requests since this was last asked.
    pub(super) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }

    pub(super) fn tag(&self, repository: &str, tag: &str) -> Option<Digest> {
        let manifests = self.shared.manifests.lock().unwrap();
        manifests.get(&(repository.to_owned(), tag.to_owned())).map(|(_, bytes)| Digest::of(bytes))
    }

    /// Has a blob that is not what its digest says, or is longer.
    pub(super) fn hold_blob(&self, repository: &str, digest: Digest, content: &[u8]) {
        self.shared.blobs.lock().unwrap().insert((repository.to_owned(), digest));
        self.shared.contents.lock().unwrap().insert(digest, content.to_vec());
    }

    /// Has a manifest that nobody pushed, under its digest and `tag`.
    pub(super) fn hold(&self, repository: &str, tag: &str, media_type: &str, manifest: &serde_json::Value) -> Digest {
        let bytes = manifest.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let mut manifests = self.shared.manifests.lock().unwrap();
        for version in [tag.to_owned(), digest.to_string()] {
            manifests.insert((repository.to_owned(), version), (media_type.to_owned(), bytes.clone()));
        }
        digest
    }

    /// A manifest that is there.
    pub(super) fn manifest_of(&self, repository: &str, version: &str) -> serde_json::Value {
        let manifests = self.shared.manifests.lock().unwrap();
        serde_json::from_slice(&manifests[&(repository.to_owned(), version.to_owned())].1).unwrap()
    }

    /// True if everything that a manifest names is there: what must hold at any moment.
    pub(super) fn is_whole(&self) -> bool {
        let blobs = self.shared.blobs.lock().unwrap();
        let manifests = self.shared.manifests.lock().unwrap();
        manifests.iter().all(|((repository, _), (_, bytes))| {
            let manifest: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            let parts = |name: &str| manifest[name].as_array().cloned().unwrap_or_default();
            let digest = |part: &serde_json::Value| part["digest"].as_str().unwrap().to_owned();
            let config = manifest.get("config").into_iter().cloned();
            parts("layers")
                .into_iter()
                .chain(config)
                .all(|part| blobs.contains(&(repository.clone(), digest(&part).parse().unwrap())))
                && parts("manifests").iter().all(|part| manifests.contains_key(&(repository.clone(), digest(part))))
        })
    }

    /// Lists referrers, as registries of today do; others have them listed under a tag.
    pub(super) fn list_referrers(&self) {
        self.shared.lists_referrers.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let step = Step::of(&request);
    let authorization = request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    shared.seen.lock().unwrap().push(Seen { step, authorized: authorization.is_some() });
    if step == Step::Token {
        let fault = fault::take(&mut shared.faults.lock().unwrap(), step);
        return match fault {
            Some(fault) => fault.play(&shared, request).await,
            None => shared.new_token(authorization.as_deref()),
        };
    }
    if let Some(refusal) = shared.refuse(authorization.as_deref()) {
        return refusal;
    }
    let fault = fault::take(&mut shared.faults.lock().unwrap(), step);
    match fault {
        Some(fault) => fault.play(&shared, request).await,
        None => shared.behave(step, request).await,
    }
}

impl Shared {
    fn new_token(&self, authorization: Option<&str>) -> Response {
        if authorization != Some(basic().as_str()) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let Wants::Token(uses) = self.wants else { return StatusCode::NOT_FOUND.into_response() };
        let mut token = self.token.lock().unwrap();
        *token = (token.0 + 1, if token.0 == 0 { uses } else { usize::MAX });
        axum::Json(serde_json::json!({ "token": secret_token(token.0), "expires_in": 300 })).into_response()
    }

    /// The answer to whoever is not signed in.
    fn refuse(&self, authorization: Option<&str>) -> Option<Response> {
        let challenge = match self.wants {
            Wants::Nothing => return None,
            Wants::Basic if authorization == Some(basic().as_str()) => return None,
            Wants::Basic => r#"Basic realm="fake""#.to_owned(),
            Wants::Token(_) => {
                let mut token = self.token.lock().unwrap();
                let current = format!("Bearer {}", secret_token(token.0));
                if authorization == Some(current.as_str()) && token.1 > 0 {
                    token.1 -= 1;
                    return None;
                }
                format!(r#"Bearer realm="http://{}/token",service="fake""#, self.address.lock().unwrap())
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::WWW_AUTHENTICATE, challenge.parse().unwrap());
        Some((StatusCode::UNAUTHORIZED, headers).into_response())
    }
}

/// The token number `n`, which must not be shown to anybody.
pub(super) fn secret_token(n: usize) -> String {
    format!("opensesame-{n}")
}

/// The header that the user sends.
pub(super) fn basic() -> String {
    use base64::Engine;
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}")))
}
