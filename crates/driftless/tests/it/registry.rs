//! Pushing and pulling, against a real registry and against one that misbehaves on purpose.

mod cli;
pub(crate) mod docker_registry;
mod relay;
