//! The engine's parts, from the outside.
#![allow(clippy::unwrap_used, clippy::panic)]

mod agreement;
mod router;
