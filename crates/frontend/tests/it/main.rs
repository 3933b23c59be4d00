//! The server against a scripted backend, and the program itself.

#![allow(clippy::unwrap_used, clippy::panic)]

mod csrf;
mod fake;
mod files;
mod headers;
mod program;
mod reading;
mod site;
mod trouble;
mod writing;
