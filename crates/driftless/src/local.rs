//! Running the stack on this machine.

pub mod router;
