//! Pages of the items application, drawn on the server from what the backend answers.
//!
//! Everything works with plain forms and links; the script in `assets/` only spares the full page load.

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
