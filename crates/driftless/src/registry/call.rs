//! Requests as data, so that they can be made again.

use std::{fmt, sync::Arc};

use reqwest::{Method, Url};

use super::content::Blob;

/// One request to a registry.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    /// What a token must allow, such as `repository:items/backend:pull`; several are separated by spaces.
    pub(super) scope: String,
    pub(super) accept: &'static str,
    pub(super) content_type: Option<String>,
    pub(super) content: Content,
}

/// A request's body.
#[derive(Clone)]
pub(super) enum Content {
    None,
    Bytes(Vec<u8>),
    /// Streamed, and therefore not sent again unless from the beginning.
    Blob(Arc<Blob>),
}

impl Call {
    /// A request without a body that accepts anything.
    pub(super) fn new(method: Method, url: Url, scope: String) -> Self {
        Self { method, url, scope, accept: "", content_type: None, content: Content::None }
    }

    pub(super) fn accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    pub(super) fn with(self, content_type: &str, content: Content) -> Self {
        Self { content_type: Some(content_type.to_owned()), content, ..self }
    }

    /// Bytes of the body.
    pub(super) fn size(&self) -> u64 {
        match &self.content {
            Content::None => 0,
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Blob(blob) => blob.size,
        }
    }
}

/// Method and address in back-ticks, without the query: that may hold a signature or an upload's state.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        write!(f, "`{} {url}`", self.method)
    }
}
