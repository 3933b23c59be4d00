//! Errors that say what to do next: a hint is a field of the error, and whoever prints the error prints it last.
//!
//! ```
//! use anyhow::Context;
//! use hint::{ErrorReport, Hint};
//!
//! fn port(text: &str) -> anyhow::Result<u16> {
//!     let port = text.parse().context("reading `PORT`").hint("set it to a number, such as 3000")?;
//!     hint::ensure!(port >= 1024, "port {port} is reserved", hint = "choose a port from 1024 to 65535");
//!     Ok(port)
//! }
//!
//! let error = port("80").unwrap_err().context("starting the server");
//! let expected = "starting the server: port 80 is reserved\nhint: choose a port from 1024 to 65535";
//! assert_eq!(ErrorReport::of(&error).to_string(), expected);
//! ```

mod error;
mod macros;
mod report;

pub use self::{
    error::{Hint, Hinted, Remedy, find},
    report::ErrorReport,
};

/// What the macros expand to. Not for other use.
#[doc(hidden)]
pub mod private {
    pub use anyhow::Error;
}
