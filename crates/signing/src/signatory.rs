//! Whose signatures count.

use std::fmt::Display;

use oci::Digest;

use crate::{Bundle, PublicKey, Statement};

/// The owner of a key, or somebody with an identity. Displayed as who that is.
pub trait Signatory: Display + Send + Sync {
    /// What `bundle` says, if they have signed it; an error otherwise. What a certificate vouches for has to be `about` this.
    fn statement(&self, bundle: &[u8], about: Digest) -> anyhow::Result<Statement>;
}

impl Signatory for PublicKey {
    fn statement(&self, bundle: &[u8], _: Digest) -> anyhow::Result<Statement> {
        Bundle::parse(bundle)?.statement(self)
    }
}
