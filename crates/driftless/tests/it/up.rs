//! `driftless up` and its companions, with a service that says what it sees.

mod foreground;
mod lifecycle;
mod logs;
mod probe;
mod rolling;
mod sandbox;
pub(crate) mod stack;
mod supervision;
