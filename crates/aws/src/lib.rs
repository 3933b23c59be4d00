//! AWS, as far as Driftless speaks to it: one file per service.
//!
//! The official SDK finds credentials (environment, profiles, SSO, `aws login`, processes, web identity, containers,
//! instances), signs, retries and keeps time; its generated clients, several hundred thousand lines for the thirty
//! calls made here, are left out: a call is a [`serde`] type and one line. See `docs/decisions/0005-aws-calls.md`.

pub mod acm;
pub mod autoscaling;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod elbv2;
pub mod iam;
pub mod kms;
pub mod logs;
pub mod s3;
pub mod secretsmanager;
pub mod servicequotas;
pub mod sts;
pub mod tagging;

mod account;
mod call;
mod error;
#[cfg(feature = "test-hooks")]
pub mod hooks;
pub mod http;
mod json;
mod query;
mod time;

pub use account::{Account, Settings};
pub use call::{Answer, Client, Request, Service};
pub use error::{Error, Refusal};
pub use time::Time;
