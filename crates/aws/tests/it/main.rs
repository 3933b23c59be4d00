//! The calls to AWS, over HTTP.
#![cfg(feature = "test-hooks")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod errors;
mod machine;
mod pages;
