//! Reads a layer once: decompresses it within a limit, takes both digests, and visits each entry.

use std::io::{self, BufReader, Read};

use super::{
    MAX_IMAGE,
    entry::{File, Refused},
    header,
    seen::Seen,
};
use crate::{Digest, Hasher, compression::Stored};

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

/// Reads the layer `blob` of the image that was read as far as `seen`, and passes each entry and its content to `visit`,
/// whose error ends the walk.
pub(crate) fn walk<E>(
    blob: impl Read,
    stored: Stored,
    seen: &mut Seen,
    mut visit: impl FnMut(Result<File, Refused>, &mut dyn Read) -> Result<(), E>,
) -> Result<Walked, Stop<E>> {
    let mut left = seen.bytes_left;
    let walked = digested(blob, stored, &mut left, |archive| {
        let mut visited = Ok(());
        let read = entries(archive, |file, content| {
            let file = file.and_then(|file| seen.lay(&file).map(|()| file));
            visited = visit(file, content);
            visited.is_ok()
        });
        visited.map(|()| read)
    })?;
    seen.bytes_left = left;
    Ok(walked)
}

/// Passes the archive of the layer `blob` to `read`, which may leave a rest, and takes both digests. Of `left`, the bytes that
/// may still be read of the image, those of this layer are taken away.
pub(crate) fn digested<E>(
    blob: impl Read,
    stored: Stored,
    left: &mut u64,
    read: impl FnOnce(&mut dyn Read) -> Result<io::Result<()>, E>,
) -> Result<Walked, Stop<E>> {
    let mut blob = Hasher::new(Limited { inner: blob, left: *left });
    let archive = stored.archive(&mut blob).map_err(Stop::Read)?;
    let mut layer = Hasher::new(Limited { inner: archive, left: *left });
    let mut buffered = BufReader::with_capacity(128 << 10, &mut layer);
    let read = read(&mut buffered).map_err(Stop::Visit)?;
    drop(buffered);
    let (_, diff_id, uncompressed) = layer.finish();
    let rest = io::copy(&mut blob, &mut io::sink());
    let (_, digest, size) = blob.finish();
    // Of what holds nothing, the reading takes time all the same.
    *left = left.saturating_sub(uncompressed.max(size));
    rest.map_err(Stop::Read)?;
    Ok(Walked { digest, size, diff_id: read.map(|()| diff_id), uncompressed })
}

/// Passes the entries of a tar archive to `visit` until it returns an error. Otherwise the archive is read to its end.
fn entries(
    archive: &mut dyn Read,
    mut visit: impl FnMut(Result<File, Refused>, &mut dyn Read) -> bool,
) -> io::Result<()> {
    while let Some(header) = header::next(archive)? {
        // Headers that rename or resize the next entry are shown as entries, not obeyed.
        let size = header.entry_size()?;
        let mut content = archive.take(size);
        if !visit(File::of(&header), &mut content) {
            return Ok(());
        }
        let left = content.limit();
        let padding = size.wrapping_neg() % header::BLOCK as u64;
        let rest = left.checked_add(padding).ok_or_else(|| io::Error::other("an entry is too large"))?;
        if io::copy(&mut archive.take(rest), &mut io::sink())? != rest {
            return Err(io::Error::other("the archive ends in the middle of an entry"));
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
            .ok_or_else(|| io::Error::other(format!("the layers of the image are more than {MAX_IMAGE} bytes")))?;
        Ok(count)
    }
}
