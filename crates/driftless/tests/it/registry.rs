//! Pushing and pulling, against a real registry and against one that misbehaves on purpose.

mod cli;
mod closure;
mod cuts;
pub(crate) mod docker_registry;
mod fake;
mod faults;
mod mirrored;
mod mutations;
mod process;
mod relay;
mod sbom;
mod signatures;
mod signing_in;
