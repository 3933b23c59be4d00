//! `driftless image`, from the outside and against the tools that other people use.

mod cli;
mod fixture;
mod tools;
