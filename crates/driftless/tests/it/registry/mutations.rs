//! Answers of a registry that were changed at random: whatever it says, the client ends, in time and without a panic.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Uri, header},
    response::Response,
};
use oci::media_type;
use registry::{Endpoint, Events, NoLogin, Registry, Settings, Trust};
use serde_json::json;
use testing::Chance;
use tokio::net::TcpListener;

const PULLS: u64 = 300;

/// What one pull may take, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the registry says: how to sign in, a token, and a manifest.
#[derive(Clone, Default)]
struct Says {
    challenge: Vec<u8>,
    token: Vec<u8>,
    manifest: Vec<u8>,
}

impl Says {
    /// What a registry at `address` says.
    fn right(address: &str) -> Self {
        let blob = |media_type| json!({ "mediaType": media_type, "digest": oci::Digest::of(b""), "size": 0 });
        let manifest = json!({
            "schemaVersion": 2, "mediaType": media_type::MANIFEST,
            "config": blob(media_type::CONFIG), "layers": [blob(media_type::LAYER_ZSTD)],
        });
        let challenge =
            format!(r#"Bearer realm="http://{address}/token",service="registry",scope="repository:a:pull""#);
        let token = json!({ "token": "a token", "expires_in": 300, "issued_at": "2026-11-29T12:00:00Z" });
        Self {
            challenge: challenge.into_bytes(),
            token: token.to_string().into_bytes(),
            manifest: manifest.to_string().into_bytes(),
        }
    }

    /// The same with one of them changed.
    fn mutated(mut self, chance: &mut Chance) -> Self {
        let part = match chance.below(3) {
            0 => &mut self.challenge,
            1 => &mut self.token,
            _ => &mut self.manifest,
        };
        *part = chance.mutate(part);
        self
    }

    fn answer(&self, uri: &Uri, signed_in: bool) -> Response {
        let path = uri.path();
        if path == "/token" {
            return Response::new(Body::from(self.token.clone()));
        }
        if !signed_in {
            let mut response = Response::builder().status(401).body(Body::empty()).unwrap();
            // What is no header can't be sent.
            if let Ok(challenge) = HeaderValue::from_bytes(&self.challenge) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            return response;
        }
        Response::new(Body::from(if path.contains("/manifests/") { self.manifest.clone() } else { Vec::new() }))
    }
}

/// A registry that says what is put here.
async fn speaker() -> (String, Arc<Mutex<Says>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let says = Arc::new(Mutex::new(Says::right(&address)));
    let answers = says.clone();
    let answer = move |request: axum::extract::Request| async move {
        let signed_in = request.headers().contains_key(header::AUTHORIZATION);
        answers.lock().unwrap().answer(request.uri(), signed_in)
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
    (address, says)
}

#[tokio::test]
async fn no_answer_makes_a_pull_panic_or_take_long() {
    let (address, says) = speaker().await;
    let dir = tempfile::tempdir().unwrap();
    let pull = async || {
        let settings = Settings { attempts: 1, connect: PATIENCE / 2, silence: PATIENCE / 2, ..Settings::default() };
        let endpoint = Endpoint::parse(&address).unwrap();
        let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), settings, Events::none());
        let reference = format!("{address}/a:1").parse().unwrap();
        registry::pull(&registry, &reference, None, &dir.path().join("image")).await.map(drop)
    };
    pull().await.unwrap();
    let right = says.lock().unwrap().clone();

    let forever = json!({ "token": "a token", "expires_in": u64::MAX }).to_string().into_bytes();
    *says.lock().unwrap() = Says { token: forever, ..right.clone() };
    pull().await.unwrap();

    let (mut pulled, mut failed) = (0, 0);
    for seed in 0..PULLS {
        println!("seed {seed}");
        let said = right.clone().mutated(&mut Chance::new(seed));
        // Nobody else is asked for a token.
        let challenge = String::from_utf8_lossy(&said.challenge).into_owned();
        if challenge.contains("://") && !challenge.contains(&format!("\"http://{address}/")) {
            continue;
        }
        *says.lock().unwrap() = said;
        let begin = Instant::now();
        match pull().await {
            Ok(()) => pulled += 1,
            Err(_) => failed += 1,
        }
        assert!(begin.elapsed() < PATIENCE * 2, "{:?}", begin.elapsed());
    }
    assert!(pulled > 0 && failed > 0, "{pulled} pulled, {failed} failed");
}
