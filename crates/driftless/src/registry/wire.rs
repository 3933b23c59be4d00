//! One exchange: a request, the redirects that follow from it, and the beginning of the answer.

use std::{error::Error as _, time::Duration};

use reqwest::{
    Body, Method, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION},
};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::{
    Settings, Traffic, Trust,
    body::FileBody,
    call::{Call, Content},
    endpoint::is_loopback,
    failure::Failure,
    http::Http,
};

/// Redirects followed in a row.
const REDIRECTS: usize = 5;

/// Largest document that is read from a registry: the limit that registries put on manifests.
const MAX_DOCUMENT: usize = 4 << 20;

/// Sends calls, counts them, and is patient to a degree.
#[derive(Debug)]
pub(super) struct Wire {
    http: Http,
    pub(super) settings: Settings,
    pub(super) traffic: Traffic,
}

impl Wire {
    pub(super) fn new(trust: Trust, settings: Settings, traffic: Traffic) -> Self {
        Self { http: Http::new(trust, settings.clone()), settings, traffic }
    }

    /// Sends `call` and follows redirects. `authorization` goes to the call's own host alone.
    pub(super) async fn exchange(&self, call: &Call, authorization: Option<&HeaderValue>) -> Result<Response, Failure> {
        let mut call = call.clone();
        let mut authorization = authorization;
        for _ in 0..REDIRECTS {
            let response = self.once(&call, authorization).await?;
            if !follows(&call, response.status()) {
                return Ok(response);
            }
            let target = location(&call, &response)?;
            if target.origin() != call.url.origin() {
                authorization = None;
            }
            call.url = target;
        }
        Err(Failure::Protocol { request: call.to_string(), reason: format!("it was redirected {REDIRECTS} times") })
    }

    async fn once(&self, call: &Call, authorization: Option<&HeaderValue>) -> Result<Response, Failure> {
        let client = self.http.client(&call.url).map_err(|error| protocol(call, format!("{error:#}")))?;
        let mut request = client.request(call.method.clone(), call.url.clone());
        if !call.accept.is_empty() {
            request = request.header(ACCEPT, call.accept);
        }
        if let Some(content_type) = &call.content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request = match &call.content {
            // Some registries want to be told that there is nothing.
            Content::None if call.method == Method::POST || call.method == Method::PUT => {
                request.header(CONTENT_LENGTH, 0)
            }
            Content::None => request,
            Content::Bytes(bytes) => {
                self.traffic.send(bytes.len());
                request.body(bytes.clone())
            }
            Content::Blob(blob) => request.body(Body::wrap(FileBody::new(blob.clone(), self.traffic.clone()))),
        };
        self.traffic.request();
        let sent = tokio::select! {
            sent = request.send() => sent.map_err(|error| transport(call, error)),
            silence = self.stuck(call) => Err(silence),
        };
        // That the file is damaged is the cause of whatever the connection says.
        match &call.content {
            Content::Blob(blob) => match blob.watch.damage() {
                Some(reason) => Err(Failure::Damaged { digest: blob.digest, reason }),
                None => sent,
            },
            _ => sent,
        }
    }

    /// Ends when the call has taken too long: without a byte moving, or altogether.
    async fn stuck(&self, call: &Call) -> Failure {
        let end = Instant::now() + self.settings.deadline(call.size());
        loop {
            let last = match &call.content {
                Content::Blob(blob) => Instant::from_std(blob.watch.last()),
                _ => end - self.settings.silence,
            };
            let now = Instant::now();
            let due = end.min(last + self.settings.silence);
            if now >= due {
                return silent(call, self.settings.silence);
            }
            sleep_until(due).await;
        }
    }

    /// The whole body of an answer, which must be small.
    pub(super) async fn document(&self, call: &Call, mut response: Response) -> Result<Vec<u8>, Failure> {
        let read = async {
            let mut bytes = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| transport(call, error))? {
                self.traffic.receive(chunk.len());
                bytes.extend_from_slice(&chunk);
                if bytes.len() > MAX_DOCUMENT {
                    return Err(protocol(call, format!("the answer has more than {MAX_DOCUMENT} bytes")));
                }
            }
            Ok(bytes)
        };
        timeout(self.settings.silence, read).await.unwrap_or_else(|_| Err(silent(call, self.settings.silence)))
    }

    /// Gives the chunks of an answer's body, of at most `limit` bytes, to `take`.
    pub(super) async fn stream(
        &self,
        call: &Call,
        mut response: Response,
        limit: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let end = Instant::now() + self.settings.deadline(limit);
        let mut left = limit;
        loop {
            let due = end.min(Instant::now() + self.settings.silence);
            let chunk = timeout_at(due, response.chunk()).await;
            let chunk = chunk.map_err(|_| silent(call, self.settings.silence))?;
            let Some(chunk) = chunk.map_err(|error| transport(call, error))? else { return Ok(()) };
            self.traffic.receive(chunk.len());
            left = left.checked_sub(chunk.len() as u64).ok_or_else(|| {
                protocol(call, format!("the answer has more than the {limit} bytes that were promised"))
            })?;
            take(&chunk)?;
        }
    }
}

/// True if the answer sends us elsewhere with the same request.
fn follows(call: &Call, status: StatusCode) -> bool {
    let unchanged = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let reading = call.method == Method::GET || call.method == Method::HEAD;
    unchanged || reading && matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER)
}

/// Where an answer's `Location` points, seen from the call.
pub(super) fn location(call: &Call, response: &Response) -> Result<Url, Failure> {
    let text = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let text = text.ok_or_else(|| protocol(call, format!("{} came without a `Location`", response.status())))?;
    let mut target = call.url.join(text).map_err(|_| protocol(call, "its `Location` is no address".to_owned()))?;
    // A registry behind a proxy that ends TLS often does not know its own scheme.
    if call.url.scheme() == "https" && target.scheme() == "http" && target.host_str() == call.url.host_str() {
        let _ = target.set_scheme("https");
        let _ = target.set_port(call.url.port());
    }
    let downgrade = call.url.scheme() == "https" && target.scheme() != "https";
    if downgrade || !matches!(target.scheme(), "http" | "https") && !is_loopback(&target) {
        return Err(protocol(call, format!("its `Location` leads away from TLS, to `{}`", target.scheme())));
    }
    Ok(target)
}

pub(super) fn protocol(call: &Call, reason: String) -> Failure {
    Failure::Protocol { request: call.to_string(), reason }
}

fn silent(call: &Call, silence: Duration) -> Failure {
    let reason = format!("nothing moved for {} s, or too little", silence.as_secs_f32());
    Failure::Transport { request: call.to_string(), reason, lasting: false }
}

/// True if `cause` is about the registry's certificate. TLS wraps its errors in those of input and output, which may be
/// wrapped in such again and do not name what they wrap as their source.
fn is_certificate(cause: &(dyn std::error::Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.is_some_and(|inner| is_certificate(inner))
        || matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

/// The chain of causes without the URL, which may hold a signature.
fn transport(call: &Call, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut reasons: Vec<String> = Vec::new();
    let mut lasting = error.is_builder();
    let mut next = error.source();
    while let Some(cause) = next {
        // An untrusted certificate does not become trusted by waiting.
        lasting |= is_certificate(cause);
        reasons.push(cause.to_string());
        next = cause.source();
    }
    if reasons.is_empty() {
        reasons.push(error.to_string());
    }
    reasons.dedup();
    let mut reason = reasons.join(": ");
    if lasting && !error.is_builder() {
        reason.push_str("\nhint: if the registry has a CA of its own, name its certificate with `--ca-cert FILE`");
    }
    Failure::Transport { request: call.to_string(), reason, lasting }
}
