//! Requests as data, so that they can be repeated.

use std::{fmt, sync::Arc};

use reqwest::{Method, Url};

use super::upload::Upload;

/// One request to a registry or its token service.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    /// What a token must allow, such as `repository:items/backend:pull`; several are separated by spaces.
    pub(super) scope: String,
    pub(super) accept: &'static str,
    pub(super) content_type: Option<String>,
    pub(super) body: Body,
}

#[derive(Clone)]
pub(super) enum Body {
    None,
    Bytes(Vec<u8>),
    /// With a password or token in it.
    Secret(Vec<u8>),
    /// Streamed from its file: a second attempt starts from the beginning.
    Upload(Arc<Upload>),
}

impl Request {
    /// A request without a body that accepts anything.
    pub(super) fn new(method: Method, url: Url, scope: String) -> Self {
        Self { method, url, scope, accept: "", content_type: None, body: Body::None }
    }

    pub(super) fn accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    pub(super) fn with(self, content_type: &str, body: Body) -> Self {
        Self { content_type: Some(content_type.to_owned()), body, ..self }
    }

    /// Bytes of the body.
    pub(super) fn size(&self) -> u64 {
        match &self.body {
            Body::None => 0,
            Body::Bytes(bytes) | Body::Secret(bytes) => bytes.len() as u64,
            Body::Upload(upload) => upload.size,
        }
    }
}

impl Body {
    /// True if a redirect from one URL to the other may be followed with it: it goes to the origin that it was meant for, and
    /// with a secret to the very address.
    pub(super) fn may_follow(&self, from: &Url, to: &Url) -> bool {
        match self {
            Self::None => true,
            Self::Bytes(_) | Self::Upload(_) => from.origin() == to.origin(),
            Self::Secret(_) => false,
        }
    }
}

/// Method and address in back-ticks, without the query: that may contain a signature or an upload's state.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        write!(f, "`{} {url}`", self.method)
    }
}
