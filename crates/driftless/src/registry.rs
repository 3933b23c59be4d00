//! Registries: pushing image layouts into any OCI registry, and pulling them back.
//!
//! The bytes of a layout are sent as they are, because a digest names bytes. An image's tag moves last, after every
//! blob and manifest that it leads to is known to be there.
//!
//! - [`Reference`] names an image in a registry;
//! - [`Registry`] is a registry as one user sees it: [`Registry::new`] with a [`Login`];
//! - [`push()`] sends layouts, many at once;
//! - [`pull()`] fetches one into a layout.
//!
//! The protocol is the OCI distribution specification, 1.1.

mod auth;
mod blobs;
mod body;
mod call;
mod client;
mod content;
mod document;
#[cfg(feature = "aws")]
mod ecr;
mod endpoint;
mod event;
mod failure;
mod http;
mod manifests;
mod outbound;
mod pull;
mod push;
mod reference;
mod referrers;
mod retry;
mod secret;
mod settings;
mod traffic;
mod wire;

#[cfg(feature = "aws")]
pub use self::ecr::Ecr;
pub use self::{
    auth::{Credentials, Docker, Login, NoLogin, Password},
    client::Registry,
    endpoint::Endpoint,
    event::{Event, Events, Outcome},
    failure::Failure,
    http::Trust,
    pull::{Outline, Pulled, outline, pull, pull_without},
    push::{Job, Pushed, push, tag_of},
    reference::Reference,
    referrers::{Attachment, attach},
    secret::Secret,
    settings::Settings,
    traffic::Traffic,
};
