//! What plays AWS on this machine: the simulated account, and behind its ECS and load balancers real tasks, started by the
//! engine from what was registered.
//!
//! [`Rehearsal`] starts both, and has the ordinary commands deploy to them.

mod account;
mod agent;
mod authority;
mod balancer;
mod commands;
mod connect;
pub mod html;
mod http;
mod images;
mod internet;
mod leftover;
mod life;
mod registered;
mod rehearsal;
mod release;
pub mod report;
mod roles;
mod stage;
mod steps;
mod visit;

pub use self::{leftover::end_processes_in, life::Seen, rehearsal::Rehearsal};
