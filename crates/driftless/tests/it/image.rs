//! `driftless image`, from the outside and against the tools that other people use.

mod cli;
pub(crate) mod fixture;
mod tools;
