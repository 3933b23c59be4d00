//! A release on AWS. Two nouns carry every command: a [`Site`] is where, a [`Release`] is what. Nothing in a site comes from
//! the services of a checkout, and whatever iterates services takes a release.
//!
//! [`deploy`] takes a release to a site, [`rollout`] follows and judges that, [`record`] remembers it, and all of it ends with
//! an [`Outcome`]. What is called is in [`aws`] and [`terraform`].

pub mod deploy;
pub mod ecr;
mod hooks;
pub mod interrupt;
mod outcome;
mod owner;
pub mod record;
mod release;
pub mod rollout;
mod scheduled;
pub mod signatures;
mod site;
pub mod terraform;

pub use self::{
    outcome::Outcome,
    release::Release,
    scheduled::Scheduled,
    site::{BucketStore, Choice, Site, chosen},
};
pub use aws;
