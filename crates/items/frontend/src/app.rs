//! What all requests share.

use std::sync::Arc;

use crate::{BackendSettings, backend::Backend};

/// State of the server; cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) backend: Arc<Backend>,
}

impl App {
    /// Prepares the way to the backend; connects only when a page needs it.
    pub fn new(settings: &BackendSettings) -> anyhow::Result<Self> {
        Ok(Self { backend: Arc::new(Backend::new(settings)?) })
    }
}
