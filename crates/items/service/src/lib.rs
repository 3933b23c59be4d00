//! What the servers of the items application have in common: logs, request ids, headers, shutdown, health checks.
//!
//! [`observe()`] is the outermost layer of a router, [`serve`] runs it until SIGTERM:
//!
//! ```
//! use axum::{Router, http::StatusCode, middleware::from_fn, response::{IntoResponse, Response}, routing::get};
//! use service::RequestId;
//!
//! fn panicked(id: &RequestId) -> Response {
//!     (StatusCode::INTERNAL_SERVER_ERROR, format!("request {}", id.as_str())).into_response()
//! }
//!
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(from_fn(|request, next| service::observe(request, next, panicked)));
//! ```

pub mod headers;
pub mod healthcheck;
pub mod listen;
pub mod metrics;
pub mod observe;
pub mod overload;
pub mod process;
mod read_on;
pub mod request_id;
pub mod secretive;
pub mod serve;

pub use observe::{Failure, observe};
pub use request_id::RequestId;
