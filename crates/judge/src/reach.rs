//! What reaches what: routes, security groups, network ACLs, endpoints.
//!
//! [`reach`] asks a [`Network`] whether a place reaches another, from each subnet that it may be in. A way is followed hop by hop,
//! and back: security groups are stateful, network ACLs are not.

mod acl;
mod addresses;
mod ask;
mod goal;
mod group;
mod interface;
mod network;
mod place;
mod route;
mod source;
mod stop;
mod through;
mod verdict;
mod walk;

pub use ask::{reach, reach_directly};
pub use network::*;
pub use place::PlaceError;
pub use verdict::{Answer, Verdict, Way};
