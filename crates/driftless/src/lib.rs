//! The `driftless` program: its commands, their words, tables and exit codes.

pub mod command;
pub mod compile;
pub mod pulled;
