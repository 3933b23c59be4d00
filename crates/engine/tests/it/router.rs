//! The local router against real sockets: well-behaved targets, and scripted ones for everything else.

mod draining;
mod failures;
mod forwarding;
mod health;
mod hostile;
mod pooling;
mod streaming;
pub(crate) mod support;
