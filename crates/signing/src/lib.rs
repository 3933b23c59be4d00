//! What is said of an image or a record, and signed: in-toto statements in Sigstore bundles, as `cosign` writes and reads them.
//!
//! - a [`Statement`] says something of one digest: that it is signed, what it was built from ([`Provenance`]), what is in it;
//! - a [`Bundle`] is a statement with its signature; [`Bundle::statement`] is the only way to what it says, and checks it;
//! - a [`Signatory`] is whose signatures count: who has the private key of a [`PublicKey`], or is [`Identified`] by certificates;
//! - a [`Signer`] has a private key, such as a [`LocalKey`] from a file.
//!
//! Nothing here asks a network or a file. Keys are ECDSA over P-256 with SHA-256, which all that read these formats
//! know. See docs/decisions/0015-signatures.md.
//!
//! ```
//! use oci::Digest;
//! use signing::{LocalKey, SIGNATURE, Statement};
//!
//! # async fn example(pem: &[u8]) -> anyhow::Result<()> {
//! let (key, image) = (LocalKey::from_pem(pem)?, Digest::of(b"a manifest"));
//! let bundle = signing::sign(&key, &Statement::signature(image)).await?;
//! assert_eq!(bundle.statement(key.public())?.is_about(SIGNATURE, image), Ok(()));
//! # Ok(())
//! # }
//! ```

mod builder;
mod bundle;
mod envelope;
mod key;
mod keyless;
mod local;
mod provenance;
mod signatory;
mod signer;
mod statement;

pub use self::{
    builder::Builder,
    bundle::{Bundle, MEDIA_TYPE},
    key::PublicKey,
    keyless::{Identified, Identity, Roots},
    local::LocalKey,
    provenance::{Build, Material, PROVENANCE, Provenance},
    signatory::Signatory,
    signer::{Signer, Signing, sign},
    statement::{PACKAGES, RECORD, SIGNATURE, Statement},
};
