//! Driftless: from source to running containers on AWS, without drift.
//!
//! The library behind the `driftless` program; its modules are the program's parts.

#[cfg(feature = "aws")]
pub mod aws;
pub mod build;
pub mod bundle;
pub mod command;
pub mod cost;
#[cfg(feature = "aws")]
pub mod deploy;
pub mod hint;
pub mod interrupt;
pub mod local;
pub mod progress;
pub mod project;
pub mod record;
pub mod registry;
pub mod release;
#[cfg(feature = "aws")]
pub mod rollout;
pub mod sbom;
pub mod scale;
pub mod stack;
mod structured;
pub mod terraform;
