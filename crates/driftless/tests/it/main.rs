//! The `driftless` program, from the outside.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail in its helpers, too")]

mod built;
mod bundle;
mod carried;
mod cost;
mod explain;
mod house;
mod image;
mod light;
mod machine;
#[cfg(feature = "aws")]
mod mfa;
mod parity;
mod project;
#[cfg(feature = "registry")]
mod registry;
mod rendered;
mod schema;
mod up;
mod usage;
#[cfg(not(feature = "aws"))]
mod without;
