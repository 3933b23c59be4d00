//! `driftless up` and its companions, with a service that says what it sees.

mod foreground;
mod lifecycle;
mod logs;
pub(crate) mod machine;
mod probe;
mod rolling;
pub(crate) mod stack;
mod supervision;
