//! Checks all digests, sizes and references in a layout.

mod check;
mod documents;
mod layers;
mod strays;

use std::{fmt, path::Path};

use check::Check;
use serde::Serialize;

use crate::{Image, Layout};

/// A contradiction in a layout, or damage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// A path in the layout; after `#`, a JSON pointer into that document.
    pub place: String,
    /// What is wrong there, as the rest of a sentence that starts with the place.
    pub problem: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// A layout without mismatches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The one image of the layout.
    #[serde(flatten)]
    pub image: Image,
    /// Number of layers. Each was decompressed and compared with its diff id.
    pub layers: usize,
    /// Bytes of the uncompressed layers.
    pub uncompressed_size: u64,
}

/// Verifies the layout in `dir`, and returns every mismatch, not only the first.
///
/// Checks the version of the layout; media types; the size and digest of each blob; the diff id of each layer; the number of
/// layers in manifest, config and history; the platform in index, config and program; that no entry leads out of the image or
/// into the system's directories; that the entrypoint exists and is executable, and the user not root. A file that nothing
/// refers to is a mismatch, too: a layout is copied and pushed whole, and no digest covers such a file.
///
/// What other readers may read otherwise is a mismatch: members of a document that differ in case alone or are there twice,
/// archives in another format than ustar, bytes after their end, entries below a link. At most [`crate::MAX_LAYERS`] layers
/// are read, and of all of them together [`crate::MAX_IMAGE`] bytes.
pub fn verify(dir: &Path) -> Result<Verified, Vec<Mismatch>> {
    let mut check = Check::new(dir);
    if !dir.is_dir() {
        check.report(".", "is not a directory");
        return Err(check.mismatches);
    }
    let verified = check.image();
    check.strays();
    if check.mismatches.is_empty()
        && let Err(error) = Layout::open(dir)
    {
        check.report_error(".", &error);
    }
    match verified {
        Some(verified) if check.mismatches.is_empty() => Ok(verified),
        _ => Err(check.mismatches),
    }
}
