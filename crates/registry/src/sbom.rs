//! Lists of the packages in an image (SBOM) as CycloneDX, from the data that `cargo auditable` puts into a program, or from
//! Cargo.
//!
//! The same image has the same list, byte for byte: it contains no time and no serial number.

mod attach;
mod cargo;
mod cyclonedx;
mod embedded;
mod package;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use oci::Layout;

pub use self::attach::attach;
pub(crate) use self::attach::list;
use self::package::Package;
use crate::Attachment;

/// The media type of the lists: CycloneDX as JSON.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// Where the packages of a list come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// From the program.
    Program,
    /// From `cargo metadata`, and so from `Cargo.lock`.
    Lock,
}

/// The Cargo package of a program that does not contain a list.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The directory of the Cargo workspace.
    pub workspace: PathBuf,
    /// The name of the package.
    pub package: String,
}

/// The list of the image in the layout `directory`, from the data in its program; none if the program contains none.
pub fn of_program(directory: &Path) -> anyhow::Result<Option<Attachment>> {
    let layout = Layout::open(directory)?;
    let packages =
        embedded::packages(&layout).with_context(|| format!("reading the program of `{}`", directory.display()))?;
    Ok(packages.map(|packages| attachment(&layout, &packages, Origin::Program)))
}

/// The list of the image in the layout `directory`, from the packages that Cargo compiles into its program.
pub fn of_lock(directory: &Path, sources: &Sources) -> anyhow::Result<Attachment> {
    let layout = Layout::open(directory)?;
    let packages = cargo::packages(sources, layout.platform())?;
    Ok(attachment(&layout, &packages, Origin::Lock))
}

fn attachment(layout: &Layout, packages: &[Package], origin: Origin) -> Attachment {
    let list = cyclonedx::list(layout.digest(), packages, origin);
    let bytes = format!("{list:#}\n").into_bytes();
    Attachment { media_type: MEDIA_TYPE.to_owned(), bytes, annotations: BTreeMap::new() }
}
