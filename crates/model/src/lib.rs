//! What the other crates speak of: a [`project`], its [`stack`], the [`release`] and the [`bundle`] that are made of
//! it, and how a command says what it does ([`progress`]) and how it ended ([`exit`]).
//!
//! Nothing here reaches a network or starts a process.

pub mod bundle;
pub mod exit;
pub mod palette;
pub mod progress;
pub mod project;
pub mod pulled;
pub mod release;
pub mod scale;
pub mod stack;
pub mod structured;
pub mod text;
pub mod unknown;
