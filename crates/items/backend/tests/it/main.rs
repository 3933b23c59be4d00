//! The backend as its callers see it: the real program, over HTTP.
#![expect(clippy::unwrap_used, reason = "a test may fail in its helpers, too")]

mod bounds;
mod chaos;
mod cli;
mod contract;
mod durability;
mod failover;
mod import;
mod lifecycle;
mod paging;
mod place;
mod server;
mod sign_in;
