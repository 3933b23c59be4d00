//! The server against a scripted backend, and the program itself.

#![expect(clippy::unwrap_used, reason = "a test may fail in its helpers, too")]

mod csrf;
mod fake;
mod files;
mod headers;
mod program;
mod reading;
mod site;
mod trouble;
mod writing;
