//! Running the stack on this machine.

mod backoff;
mod client;
mod control;
mod data_directory;
mod definition;
mod descriptors;
mod engine;
mod exit;
mod internal;
mod launch;
pub mod logs;
mod mount_points;
mod network;
mod ownership;
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
mod user;
mod wire;

pub use client::Client;
pub use control::Control;
pub use data_directory::DataDirectory;
pub use engine::{Engine, Options};
pub use launch::{Ended, Launch, Launched, Launcher, Program};
pub use network::Network;
pub use sandbox::{ARGUMENT as TASK_INIT, program, run as task_init};
pub use sandbox::{Choice, Isolation};
pub use secrets::{Secret, collect as secrets};
