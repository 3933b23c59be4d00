//! What a task asks AWS for, without its SDK: who it is, and a secret.

mod call;
mod credentials;
mod secret;
mod signature;

pub(crate) use credentials::{Credentials, Source};
pub(crate) use secret::Secret;
pub(crate) use signature::{Scope, presigned};
