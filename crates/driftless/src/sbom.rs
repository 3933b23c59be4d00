//! Parts lists of images: CycloneDX, from what Rust programs say of themselves or from Cargo.
//!
//! The same image has the same list, byte for byte: it holds no time and no serial number.

mod attach;
mod cargo;
mod cyclonedx;
mod embedded;
mod package;

use std::path::{Path, PathBuf};

use anyhow::Context;
use oci::Layout;

pub use self::attach::attach;
use self::package::Package;
use crate::registry::Attachment;

/// The media type of a list.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// Where the packages of a list come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The program holds them.
    Program,
    /// `cargo metadata`, from `Cargo.lock`.
    Lock,
}

/// What a program was built of, if it does not say so itself.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The Cargo workspace.
    pub workspace: PathBuf,
    /// The package whose binary it is.
    pub package: String,
}

/// The list of the image in the layout `directory`, from the data in its program; none if that holds none.
pub fn of_program(directory: &Path) -> anyhow::Result<Option<Attachment>> {
    let layout = Layout::open(directory)?;
    let packages =
        embedded::packages(&layout).with_context(|| format!("reading the program of `{}`", directory.display()))?;
    Ok(packages.map(|packages| attachment(&layout, &packages, Origin::Program)))
}

/// The list of the image in the layout `directory`, from what Cargo builds its program of.
pub fn of_lock(directory: &Path, sources: &Sources) -> anyhow::Result<Attachment> {
    let layout = Layout::open(directory)?;
    let packages = cargo::packages(sources, layout.platform())?;
    Ok(attachment(&layout, &packages, Origin::Lock))
}

fn attachment(layout: &Layout, packages: &[Package], origin: Origin) -> Attachment {
    let list = cyclonedx::list(layout.digest(), packages, origin);
    Attachment { media_type: MEDIA_TYPE.to_owned(), bytes: format!("{list:#}\n").into_bytes() }
}
