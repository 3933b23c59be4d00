//! Reads a layer once: decompresses it within a limit, takes both digests, and visits each entry.

use std::io::{self, BufReader, Read};

use super::{
    MAX_LAYER,
    entry::{File, Refused},
};
use crate::{Compression, Digest, Hasher};

/// The digests and sizes of a layer that was read.
pub(crate) struct Walked {
    /// Digest of the blob, all of it.
    pub(crate) digest: Digest,
    /// Bytes of the blob.
    pub(crate) size: u64,
    /// The digest of the uncompressed layer, or why it could not be decompressed.
    pub(crate) diff_id: io::Result<Digest>,
    /// Bytes of the uncompressed layer, as far as it could be decompressed.
    pub(crate) uncompressed: u64,
}

/// Why a walk ended early.
pub(crate) enum Stop<E> {
    /// The blob could not be read.
    Read(io::Error),
    /// The visitor returned an error.
    Visit(E),
}

/// Reads the layer `blob`, and passes each entry and its content to `visit`, whose error ends the walk.
pub(crate) fn walk<E>(
    blob: impl Read,
    compression: Compression,
    mut visit: impl FnMut(Result<File, Refused>, &mut dyn Read) -> Result<(), E>,
) -> Result<Walked, Stop<E>> {
    let mut blob = Hasher::new(blob);
    let mut layer =
        Hasher::new(Limited { inner: compression.decompress(&mut blob).map_err(Stop::Read)?, left: MAX_LAYER });
    let mut buffered = BufReader::with_capacity(128 << 10, &mut layer);
    let mut visited = Ok(());
    let read = entries(&mut buffered, |file, content| {
        visited = visit(file, content);
        visited.is_ok()
    });
    visited.map_err(Stop::Visit)?;
    let read = read.and_then(|()| io::copy(&mut buffered, &mut io::sink()));
    drop(buffered);
    let (_, diff_id, uncompressed) = layer.finish();
    io::copy(&mut blob, &mut io::sink()).map_err(Stop::Read)?;
    let (_, digest, size) = blob.finish();
    Ok(Walked { digest, size, diff_id: read.map(|_| diff_id), uncompressed })
}

/// Passes the entries of a tar archive to `visit` until it returns an error.
fn entries(
    archive: &mut dyn Read,
    mut visit: impl FnMut(Result<File, Refused>, &mut dyn Read) -> bool,
) -> io::Result<()> {
    // Raw: headers that rename or resize the next entry are shown as entries, not obeyed.
    for entry in tar::Archive::new(archive).entries()?.raw(true) {
        let mut entry = entry?;
        let file = File::of(entry.header());
        if !visit(file, &mut entry) {
            break;
        }
    }
    Ok(())
}

/// Like [`io::Take`], but an error at the limit instead of an end.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(format!("it is more than {MAX_LAYER} bytes when decompressed")))?;
        Ok(count)
    }
}
