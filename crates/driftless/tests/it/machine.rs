//! Tests that need more of a machine than a build sandbox is: browsers, a network, Terraform, the simulated account,
//! services that Cargo builds. As in every module of this name, here and in other crates: the flake leaves them out.

mod browser;
#[cfg(feature = "aws")]
mod deploy;
mod product;
#[cfg(feature = "aws")]
mod rehearse;
