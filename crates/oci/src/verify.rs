//! Compares everything in a layout with everything else in it.

mod check;
mod documents;
mod layers;
mod strays;

use std::{fmt, path::Path};

use check::Check;
use serde::Serialize;

use crate::{Digest, Platform};

/// Something in a layout that is not what the rest of the layout says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// A path in the layout; after `#`, a JSON pointer into that document.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// A layout in which everything agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The manifest's digest, which is the image's.
    pub digest: Digest,
    /// Where it runs.
    #[serde(serialize_with = "crate::platform::as_text")]
    pub platform: Platform,
    /// Bytes that a registry stores for it: manifest, config and layers.
    pub size: u64,
    /// Layers, each of them decompressed and compared with its diff id.
    pub layers: usize,
    /// Bytes of the layers before compression.
    pub uncompressed_size: u64,
}

/// Verifies the layout in `dir`, and returns every mismatch, not only the first.
///
/// Checked are: the version of the layout; media types; each blob's size and digest against its descriptor; each
/// layer's diff id, decompressing at most [`crate::MAX_LAYER`] bytes of it; the number of layers in manifest, config
/// and history; the platform in index, config and program; that no entry leads out of the image; that the entrypoint
/// is there and executable. A file that nothing refers to is a mismatch too: a layout is copied and pushed as it is,
/// and nothing vouches for such a file.
pub fn verify(dir: &Path) -> Result<Verified, Vec<Mismatch>> {
    let mut check = Check::new(dir);
    if !dir.is_dir() {
        check.report(".", "is not a directory");
        return Err(check.mismatches);
    }
    let verified = check.image();
    check.strays();
    match verified {
        Some(verified) if check.mismatches.is_empty() => Ok(verified),
        _ => Err(check.mismatches),
    }
}
