//! A client for OCI registries: pushes image layouts, pulls images into layouts, attaches documents to images.
//!
//! The bytes of a layout are sent as they are, because a digest names bytes. A tag moves last, after every blob and
//! manifest of the image is known to be in the registry. The protocol is the OCI distribution specification, 1.1.
//!
//! - [`Reference`] names an image in a registry, [`Endpoint`] a registry;
//! - [`Registry`] is the client of one registry; a [`Login`] has its credentials, [`Docker`] those of `docker login`;
//! - [`push()`] pushes several layouts at once, [`pull()`] pulls one image;
//! - [`attach()`] stores a document that refers to an image, such as the list of packages that [`sbom`] makes;
//! - [`publish()`] pushes images with their lists and their [`signatures`], which a key makes, or who is identified ([`keyless`]).
//!
//! ```no_run
//! use std::{path::Path, sync::Arc};
//!
//! use registry::{Docker, Events, Job, Reference, Registry, Settings, Trust};
//!
//! # async fn example() -> anyhow::Result<()> {
//! let reference: Reference = "registry.example.com/items/backend:1".parse()?;
//! let login = Arc::new(Docker::new(&reference.endpoint));
//! let registry =
//!     Registry::new(reference.endpoint.clone(), login, Trust::default(), Settings::default(), Events::none());
//! let job = Job { layout: "images/backend".into(), repository: reference.repository.clone(), tag: reference.tag.clone() };
//! let pushed = registry::push(&registry, &[job]).await?;
//! let pulled = registry::pull(&registry, &reference, None, Path::new("copy")).await?;
//! assert_eq!(pushed[0].digest, pulled.digest);
//! # Ok(())
//! # }
//! ```

mod auth;
mod blobs;
mod certificates;
mod client;
mod clients;
mod endpoint;
mod error;
mod http;
pub mod keyless;
mod manifests;
mod publish;
mod pull;
mod push;
mod reference;
mod referrers;
mod request;
mod retry;
pub mod sbom;
mod secret;
mod settings;
pub mod signatures;
mod traffic;
mod transfer;
mod upload;

pub use self::{
    auth::{Credentials, Docker, Login, NoLogin, Password},
    client::Registry,
    clients::Trust,
    endpoint::Endpoint,
    error::Error,
    publish::{By, Origin, publish},
    pull::{Outline, Pulled, outline, pull, pull_without},
    push::{Job, Pushed, push, tag_of},
    reference::Reference,
    referrers::{Attachment, attach},
    secret::Secret,
    settings::Settings,
    traffic::Traffic,
    transfer::{Events, Transfer, TransferEvent},
};
pub use signing;

#[cfg(feature = "test-hooks")]
pub use auth::hooks;
