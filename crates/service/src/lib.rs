//! What each of our servers does the same way: logs, request ids, headers, serving, shutdown, health checks.

pub mod forwarded;
pub mod headers;
pub mod healthcheck;
pub mod listen;
pub mod memory;
pub mod observe;
pub mod request_id;
pub mod serve;
pub mod telemetry;

pub use observe::{Failure, observe};
pub use request_id::RequestId;
