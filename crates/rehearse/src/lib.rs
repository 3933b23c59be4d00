//! What plays AWS on this machine: the simulated account, and behind its ECS and load balancers real tasks, started by the
//! engine from what was registered.
//!
//! - [`Account`]: the process that answers in AWS's place, and ends with this one;
//! - [`Agent`]: runs what its ECS wants to run, and says what became of it.

mod account;
mod agent;
mod balancer;
mod commands;
mod connect;
pub mod html;
mod http;
mod images;
mod leftover;
mod life;
mod registered;
mod rehearsal;
mod release;
pub mod report;
mod visit;

pub use self::{account::Account, agent::Agent, leftover::end_processes_in, life::Seen, rehearsal::Rehearsal};
