//! Running the stack on this machine.

mod backoff;
mod client;
mod control;
mod definition;
mod descriptors;
mod engine;
mod exit;
mod internal;
pub mod logs;
mod place;
mod ports;
pub mod report;
mod root;
pub mod router;
mod sandbox;
mod secrets;
pub mod slot;
mod socket;
mod spawner;
mod task;
mod wire;

pub(crate) use client::Client;
pub use control::{Control, Wish};
pub use engine::{Engine, Options};
pub use place::Place;
pub(crate) use sandbox::{ARGUMENT as TASK_INIT, program, run as task_init};
pub use sandbox::{Choice, Isolation};
pub(crate) use secrets::{Secret, collect as secrets};
