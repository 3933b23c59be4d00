//! Who says what images were built from.

use std::env;

use registry::signing::Builder;

/// This program, in a workflow of GitHub if the environment says so.
pub(in crate::command) fn builder() -> Builder {
    Builder::here(env!("CARGO_PKG_VERSION"), |name| env::var(name).ok().filter(|value| !value.is_empty()))
}
