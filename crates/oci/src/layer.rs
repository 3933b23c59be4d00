//! Layers: the files of an image.

mod entry;
mod extended;
mod header;
mod member;
mod seen;
mod walk;

use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

pub use entry::{File, FileKind};
pub(crate) use entry::{Refused, of_system};
pub(crate) use member::{Kind, Member, members};
pub(crate) use seen::Seen;
pub(crate) use walk::{Stop, Walked, digested, walk};

use crate::{
    Compression, Descriptor, Digest, Error, Hasher,
    archive::{Archive, Content, Entry},
    document::Input,
    source,
};

/// Largest image that is read, in bytes of all its layers before or after decompression: 2 GiB. Reading stops there.
pub const MAX_IMAGE: u64 = 2 << 30;

/// Most layers that an image may have: Docker has the same limit.
pub const MAX_LAYERS: usize = 127;

/// Most entries that the layers of an image may have, directories that are only implied included.
pub const MAX_FILES: usize = 1 << 19;

/// Path of the program in an image.
pub(crate) const APP: &str = "/bin/app";

/// Path of the CA bundle in an image.
pub(crate) const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

const PASSWD: &[u8] = b"root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n";
const GROUP: &[u8] = b"root:x:0:\nnonroot:x:65532:\n";
const NSSWITCH: &[u8] = b"passwd: files\ngroup: files\nhosts: files dns\n";

/// A layer that was packed into a layout.
pub(crate) struct Layer {
    pub(crate) descriptor: Descriptor,
    pub(crate) diff_id: Digest,
}

impl Layer {
    /// Packs what every image has: certificates, users, `/tmp`. It contains no program, so it is the same for every
    /// platform.
    pub(crate) fn base(ca_bundle: &[u8], compression: Compression, blobs: &Path) -> Result<Self, Error> {
        let directory = |path: &'static str, mode| Entry { path: path.into(), mode, content: Content::None };
        let file = |path: &'static str, bytes| Entry { path: path.into(), mode: 0o644, content: Content::Bytes(bytes) };
        let archive = Archive::of(vec![
            directory("etc/", 0o755),
            file("etc/group", GROUP),
            file("etc/nsswitch.conf", NSSWITCH),
            file("etc/passwd", PASSWD),
            directory("etc/ssl/", 0o755),
            directory("etc/ssl/certs/", 0o755),
            file(CA_BUNDLE.trim_start_matches('/'), ca_bundle),
            directory("tmp/", 0o1777),
        ]);
        pack(&archive, compression, NonZeroU32::MIN, blobs, "base")
    }

    /// Packs files and directories of the host, by where they are in the image.
    pub(crate) fn files(
        files: &BTreeMap<String, PathBuf>,
        compression: Compression,
        blobs: &Path,
    ) -> Result<Self, Error> {
        pack(&Archive::of(source::entries(files)?), compression, NonZeroU32::MIN, blobs, "files")
    }

    /// Packs the one program.
    pub(crate) fn app(
        binary: &Input,
        compression: Compression,
        workers: NonZeroU32,
        blobs: &Path,
    ) -> Result<Self, Error> {
        let archive = Archive::of(vec![
            Entry { path: "bin/".into(), mode: 0o755, content: Content::None },
            Entry { path: APP.trim_start_matches('/').into(), mode: 0o555, content: Content::File(binary) },
        ]);
        pack(&archive, compression, workers, blobs, "app")
    }
}

/// Writes the blob of `archive` into the directory `blobs`: as `name`, until its digest is known.
///
/// One pass: bytes go through the diff id's hasher, the encoder and the digest's hasher into the file, while zstd's
/// workers compress in parallel.
pub(crate) fn pack(
    archive: &Archive<'_>,
    compression: Compression,
    workers: NonZeroU32,
    blobs: &Path,
    name: &str,
) -> Result<Layer, Error> {
    let path = blobs.join(name);
    let failed = |source| Error::Write { path: path.clone(), source };
    let file = fs::File::create(&path).map_err(failed)?;
    let encoder = compression.encoder(archive.size(), workers, Hasher::new(file)).map_err(failed)?;
    let mut layer = Hasher::new(encoder);
    archive.write(&mut layer, &path)?;
    let (encoder, diff_id, _) = layer.finish();
    let (_, digest, size) = encoder.finish().map_err(failed)?.finish();
    fs::rename(&path, blobs.join(digest.hex())).map_err(failed)?;
    Ok(Layer { descriptor: Descriptor::new(compression.media_type(), digest, size), diff_id })
}
