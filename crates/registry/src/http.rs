//! HTTP with the patience, the limits and the accounting that registries need.

use std::{error::Error as _, time::Duration};

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION},
};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::{
    Endpoint, Settings, Traffic, Trust,
    clients::Clients,
    endpoint::is_loopback,
    error::Error,
    request::{Body, Request},
    upload::FileBody,
};

/// Redirects followed in a row.
const REDIRECTS: usize = 5;

/// Largest document that is read from a registry, in bytes: the limit that registries put on manifests.
const MAX_DOCUMENT: usize = 4 << 20;

/// Sends requests: follows redirects, counts traffic, and gives up on what no longer moves. Signing in is the business of
/// [`Registry`](crate::Registry), repeating a step that of [`retry`](crate::retry).
#[derive(Debug)]
pub(super) struct Http {
    clients: Clients,
    pub(super) settings: Settings,
    pub(super) traffic: Traffic,
}

impl Http {
    pub(super) fn new(endpoint: &Endpoint, trust: Trust, settings: Settings, traffic: Traffic) -> Self {
        Self { clients: Clients::new(endpoint, trust, settings.clone()), settings, traffic }
    }

    /// Sends `request` and follows redirects. `authorization` and body are sent to the request's own origin only.
    pub(super) async fn send(&self, request: &Request, authorization: Option<&HeaderValue>) -> Result<Response, Error> {
        let mut request = request.clone();
        let mut authorization = authorization;
        for _ in 0..REDIRECTS {
            let response = self.send_once(&request, authorization).await?;
            if !follows(&request, response.status()) {
                return Ok(response);
            }
            let target = location(&request, &response)?;
            if !request.body.may_follow(&request.url, &target) {
                let reason = format!("it was redirected to `{}`, and its body goes nowhere else", origin(&target));
                return Err(protocol(&request, reason));
            }
            if target.origin() != request.url.origin() {
                authorization = None;
            }
            request.url = target;
        }
        Err(protocol(&request, format!("it was redirected {REDIRECTS} times")))
    }

    async fn send_once(&self, request: &Request, authorization: Option<&HeaderValue>) -> Result<Response, Error> {
        let client = self.clients.of(&request.url).map_err(|error| protocol(request, format!("{error:#}")))?;
        let mut builder = client.request(request.method.clone(), request.url.clone());
        if !request.accept.is_empty() {
            builder = builder.header(ACCEPT, request.accept);
        }
        if let Some(content_type) = &request.content_type {
            builder = builder.header(CONTENT_TYPE, content_type);
        }
        if let Some(authorization) = authorization {
            builder = builder.header(AUTHORIZATION, authorization.clone());
        }
        builder = match &request.body {
            // Some registries refuse an empty body without its length.
            Body::None if request.method == Method::POST || request.method == Method::PUT => {
                builder.header(CONTENT_LENGTH, 0)
            }
            Body::None => builder,
            Body::Bytes(bytes) | Body::Secret(bytes) => {
                self.traffic.send(bytes.len());
                builder.body(bytes.clone())
            }
            Body::Upload(upload) => {
                builder.body(reqwest::Body::wrap(FileBody::new(upload.clone(), self.traffic.clone())))
            }
        };
        self.traffic.request();
        let sent = tokio::select! {
            sent = builder.send() => sent.map_err(|error| transport(request, error)),
            error = self.stuck(request) => Err(error),
        };
        // A damaged file is the cause of whatever error the connection has.
        match &request.body {
            Body::Upload(upload) => match upload.watch.damage() {
                Some(reason) => Err(Error::Damaged {
                    digest: upload.digest,
                    reason,
                    remedy: "`driftless image verify` lists all damage; build the image again".into(),
                }),
                None => sent,
            },
            _ => sent,
        }
    }

    /// Ends when the request has taken too long: without a byte moving, or altogether.
    async fn stuck(&self, request: &Request) -> Error {
        let start = Instant::now();
        loop {
            // By what was sent, not by what there is to send: else a byte a minute would do for a large blob.
            let due = match &request.body {
                Body::Upload(upload) => {
                    let (last, sent) = upload.watch.progress();
                    (start + self.settings.deadline(sent)).min(Instant::from_std(last) + self.settings.silence)
                }
                _ => start + self.settings.deadline(request.size()),
            };
            if Instant::now() >= due {
                return timed_out(request, self.settings.silence);
            }
            sleep_until(due).await;
        }
    }

    /// The whole body of a response, which must be small.
    pub(super) async fn document(&self, request: &Request, mut response: Response) -> Result<Vec<u8>, Error> {
        let read = async {
            let mut bytes = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| transport(request, error))? {
                self.traffic.receive(chunk.len());
                bytes.extend_from_slice(&chunk);
                if bytes.len() > MAX_DOCUMENT {
                    return Err(protocol(request, format!("the response is larger than {MAX_DOCUMENT} bytes")));
                }
            }
            Ok(bytes)
        };
        timeout(self.settings.silence, read).await.unwrap_or_else(|_| Err(timed_out(request, self.settings.silence)))
    }

    /// Passes the chunks of a response's body, of at most `limit` bytes, to `take`.
    pub(super) async fn stream(
        &self,
        request: &Request,
        mut response: Response,
        limit: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = Instant::now();
        let mut left = limit;
        loop {
            // By what came, not by what was promised: who promises a terabyte would have years for it.
            let due = (start + self.settings.deadline(limit - left)).min(Instant::now() + self.settings.silence);
            let chunk = timeout_at(due, response.chunk()).await;
            let chunk = chunk.map_err(|_| timed_out(request, self.settings.silence))?;
            let Some(chunk) = chunk.map_err(|error| transport(request, error))? else { return Ok(()) };
            self.traffic.receive(chunk.len());
            left = left.checked_sub(chunk.len() as u64).ok_or_else(|| {
                protocol(request, format!("the response is larger than the {limit} bytes of the descriptor"))
            })?;
            take(&chunk)?;
        }
    }
}

/// True if the response asks for the same request at another address.
fn follows(request: &Request, status: StatusCode) -> bool {
    let unchanged = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let reading = request.method == Method::GET || request.method == Method::HEAD;
    unchanged || reading && matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER)
}

/// Where a response's `Location` points, relative to the request.
pub(super) fn location(request: &Request, response: &Response) -> Result<Url, Error> {
    let text = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let text = text.ok_or_else(|| protocol(request, format!("{} came without a `Location`", response.status())))?;
    let mut target = request.url.join(text).map_err(|_| protocol(request, "its `Location` is not a URL".to_owned()))?;
    // A registry behind a proxy that terminates TLS often does not know its own scheme.
    if request.url.scheme() == "https" && target.scheme() == "http" && target.host_str() == request.url.host_str() {
        let _ = target.set_scheme("https");
        let _ = target.set_port(request.url.port());
    }
    let downgrade = request.url.scheme() == "https" && target.scheme() != "https";
    if downgrade || !matches!(target.scheme(), "http" | "https") && !is_loopback(&target) {
        return Err(protocol(request, format!("its `Location` leads away from TLS, to `{}`", target.scheme())));
    }
    Ok(target)
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

pub(super) fn protocol(request: &Request, reason: String) -> Error {
    Error::Protocol { request: request.to_string(), reason }
}

fn timed_out(request: &Request, silence: Duration) -> Error {
    let reason = format!("timed out: no bytes for {} s, or too few", silence.as_secs_f32());
    Error::Transport { request: request.to_string(), reason, lasting: false, remedy: None }
}

/// True if `cause` is about the registry's certificate. TLS wraps its errors in those of input and output, which may be
/// wrapped in such again and do not name what they wrap as their source.
fn is_certificate(cause: &(dyn std::error::Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.is_some_and(|inner| is_certificate(inner))
        || matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

/// The chain of causes without the URL, which may contain a signature.
fn transport(request: &Request, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let mut reasons: Vec<String> = Vec::new();
    let mut untrusted = false;
    let mut next = error.source();
    while let Some(cause) = next {
        untrusted |= is_certificate(cause);
        reasons.push(cause.to_string());
        next = cause.source();
    }
    if reasons.is_empty() {
        reasons.push(error.to_string());
    }
    reasons.dedup();
    // An untrusted certificate does not become trusted by waiting.
    let lasting = untrusted || error.is_builder();
    let remedy =
        untrusted.then(|| "if the registry has a CA of its own, pass its certificate with `--ca-cert FILE`".into());
    Error::Transport { request: request.to_string(), reason: reasons.join(": "), lasting, remedy }
}
