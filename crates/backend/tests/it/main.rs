//! The backend as its callers see it: the real program, over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod cli;
mod contract;
mod durability;
mod lifecycle;
mod paging;
mod server;
