//! Lists of the packages in an image (SBOM) as CycloneDX, from what its program carries in the format of `cargo auditable`.
//!
//! The same image has the same list, byte for byte: it contains no time and no serial number.

mod attach;
mod cyclonedx;
mod embedded;
mod package;

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use oci::Layout;

pub use self::attach::attach;
use self::package::Package;
use crate::Attachment;

/// The media type of the lists: CycloneDX as JSON.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// The list of the image in the layout `directory`, from what its program carries; none if it carries none.
pub fn of_program(directory: &Path) -> anyhow::Result<Option<Attachment>> {
    let layout = Layout::open(directory)?;
    let packages =
        embedded::packages(&layout).with_context(|| format!("reading the program of `{}`", directory.display()))?;
    Ok(packages.map(|packages| attachment(&layout, &packages)))
}

fn attachment(layout: &Layout, packages: &[Package]) -> Attachment {
    let list = cyclonedx::list(layout.digest(), packages);
    let bytes = format!("{list:#}\n").into_bytes();
    Attachment { media_type: MEDIA_TYPE.to_owned(), bytes, annotations: BTreeMap::new() }
}
