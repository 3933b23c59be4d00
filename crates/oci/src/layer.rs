//! Layers: the files of an image.

mod entry;
mod walk;

use std::{io, num::NonZeroU32, thread};

pub(crate) use entry::Refused;
pub use entry::{File, FileKind};
pub(crate) use walk::{Stop, walk};

use crate::{
    Compression, Descriptor, Digest, Hasher,
    archive::{Archive, Entry},
};

/// Largest layer that is read, in bytes after decompression: 1 GiB. Reading stops there, whatever was promised.
pub const MAX_LAYER: u64 = 1 << 30;

/// Where the program is in an image.
pub(crate) const APP: &str = "/bin/app";

/// Where the certificates are in an image.
pub(crate) const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

const PASSWD: &[u8] = b"root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n";
const GROUP: &[u8] = b"root:x:0:\nnonroot:x:65532:\n";
const NSSWITCH: &[u8] = b"passwd: files\ngroup: files\nhosts: files dns\n";

/// A packed layer.
pub(crate) struct Layer {
    pub(crate) descriptor: Descriptor,
    pub(crate) diff_id: Digest,
    pub(crate) blob: Vec<u8>,
}

impl Layer {
    /// What every image has: certificates, users, `/tmp`. It holds no program, so it is the same for every platform.
    pub(crate) fn base(ca_bundle: &[u8], compression: Compression) -> io::Result<Self> {
        let archive = Archive::of(vec![
            Entry { path: "etc/", mode: 0o755, content: b"" },
            Entry { path: "etc/group", mode: 0o644, content: GROUP },
            Entry { path: "etc/nsswitch.conf", mode: 0o644, content: NSSWITCH },
            Entry { path: "etc/passwd", mode: 0o644, content: PASSWD },
            Entry { path: "etc/ssl/", mode: 0o755, content: b"" },
            Entry { path: "etc/ssl/certs/", mode: 0o755, content: b"" },
            Entry { path: CA_BUNDLE.trim_start_matches('/'), mode: 0o644, content: ca_bundle },
            Entry { path: "tmp/", mode: 0o1777, content: b"" },
        ]);
        Self::pack(&archive, compression, NonZeroU32::MIN)
    }

    /// The one program.
    pub(crate) fn app(binary: &[u8], compression: Compression, workers: NonZeroU32) -> io::Result<Self> {
        let archive = Archive::of(vec![
            Entry { path: "bin/", mode: 0o755, content: b"" },
            Entry { path: APP.trim_start_matches('/'), mode: 0o555, content: binary },
        ]);
        Self::pack(&archive, compression, workers)
    }

    fn pack(archive: &Archive<'_>, compression: Compression, workers: NonZeroU32) -> io::Result<Self> {
        let chunks = archive.chunks();
        let (blob, diff_id) = thread::scope(|scope| {
            let diff_id = scope.spawn(|| {
                let mut hasher = Hasher::new(io::sink());
                chunks.iter().try_for_each(|chunk| io::Write::write_all(&mut hasher, chunk))?;
                Ok::<_, io::Error>(hasher.finish().1)
            });
            let blob = compression.compress(&chunks, workers, Hasher::new(Vec::new()));
            (blob, diff_id.join().expect("hashing does not panic"))
        });
        let (blob, digest, size) = blob?.finish();
        let descriptor = Descriptor::new(compression.media_type(), digest, size);
        Ok(Self { descriptor, diff_id: diff_id?, blob })
    }
}
