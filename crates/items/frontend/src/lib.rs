//! The pages of the items application, rendered on the server from the responses of the backend.
//!
//! Everything works with plain forms and links; the script in `assets/` only avoids that the whole page is loaded.
//!
//! ```
//! use std::process::ExitCode;
//!
//! let settings = ["frontend", "check-config", "--backend-url", "http://127.0.0.1:8000"].map(Into::into);
//! assert_eq!(frontend::cli::run(settings), ExitCode::SUCCESS);
//! ```

mod app;
mod assets;
mod backend;
mod backend_url;
pub mod cli;
mod csrf;
mod draft;
mod form;
mod notice;
mod page;
mod router;
mod settings;
mod view;
mod visitor;

pub use app::App;
pub use backend_url::BackendUrl;
pub use router::router;
pub use settings::{BackendSettings, Settings};
