//! The list of dependencies that a Rust program carries, in the format of `cargo auditable`.

mod carried;

use std::io::Read;

use flate2::read::ZlibDecoder;
use object::{Object, ObjectSection};

use std::path::Path;

pub use self::carried::with_dependencies;
use crate::{Error, Layout, MAX_IMAGE, layer::Kind};

/// The section that has it, as JSON, compressed with zlib. <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>
const SECTION: &str = ".dep-v0";

/// Largest list that is read, in bytes.
const MAX_LIST: u64 = 16 << 20;

/// Largest program that is searched, in bytes: it is read into memory.
const MAX_PROGRAM: u64 = 512 << 20;

/// The list of dependencies in the program that the image starts, as JSON. None if the program contains none, or is not an
/// ELF file.
pub fn dependencies(layout: &Layout) -> Result<Option<Vec<u8>>, Error> {
    let Some(program) = program(layout)? else { return Ok(None) };
    of_program(&program)
}

fn of_program(program: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Ok(file) = object::File::parse(program) else { return Ok(None) };
    let Some(section) = file.section_by_name(SECTION) else { return Ok(None) };
    let damaged = |error: &dyn std::fmt::Display| Error::Dependencies { reason: error.to_string() };
    let compressed = section.data().map_err(|error| damaged(&error))?;
    let mut list = Vec::new();
    let mut reader = ZlibDecoder::new(compressed).take(MAX_LIST);
    reader.read_to_end(&mut list).map_err(|error| damaged(&error))?;
    Ok(Some(list))
}

/// The file that the image starts, from the highest layer that contains it.
fn program(layout: &Layout) -> Result<Option<Vec<u8>>, Error> {
    let Some(path) = layout.config().config.command().next() else { return Ok(None) };
    let path = path.trim_start_matches('/');
    let mut program = None;
    let mut left = MAX_IMAGE;
    for layer in layout.layers()? {
        let digest = layer.descriptor.digest;
        layout.read_members(&layer, &mut left, |member, content| {
            if member.path == Path::new(path) && member.kind == Kind::File && member.size <= MAX_PROGRAM {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes).map_err(|source| Error::Layer { digest, source })?;
                program = Some(bytes);
            }
            Ok(())
        })?;
    }
    Ok(program)
}
