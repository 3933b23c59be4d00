//! The `driftless` program, from the outside.
#![allow(clippy::unwrap_used, clippy::panic)]

#[cfg(feature = "aws")]
mod aws;
mod browser;
mod built;
mod bundle;
mod cost;
#[cfg(feature = "aws")]
mod deploy;
mod image;
mod light;
mod parity;
mod product;
mod registry;
mod rendered;
#[cfg(feature = "aws")]
mod rollout;
mod router;
mod tools;
mod up;
