//! The body of an upload's request: a file, read ahead by one chunk and hashed on the way.

use std::{
    fs::File,
    future::Future,
    io::{self, Read},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use oci::Hasher;
use tokio::task::{JoinHandle, spawn_blocking};

use super::Upload;
use crate::traffic::Traffic;

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// A blob's file as the body of a request. The last chunk is sent only if the digest is right, so that the upload of a
/// damaged file never completes.
pub(crate) struct FileBody {
    upload: Arc<Upload>,
    traffic: Traffic,
    left: u64,
    next: Option<JoinHandle<io::Result<Chunk>>>,
}

struct Chunk {
    bytes: Vec<u8>,
    reader: Hasher<File>,
}

impl FileBody {
    pub(crate) fn new(upload: Arc<Upload>, traffic: Traffic) -> Self {
        upload.watch.restart();
        let path = upload.path.clone();
        let first = upload.size.min(CHUNK as u64);
        let next = spawn_blocking(move || read(Hasher::new(File::open(path)?), first));
        Self { left: upload.size, upload, traffic, next: Some(next) }
    }

    /// Sends a chunk, and starts to read the next one.
    fn take(&mut self, Chunk { bytes, reader }: Chunk) -> io::Result<Bytes> {
        self.left -= bytes.len() as u64;
        if self.left > 0 {
            let size = self.left.min(CHUNK as u64);
            self.next = Some(spawn_blocking(move || read(reader, size)));
        } else {
            self.check(reader)?;
        }
        self.traffic.send(bytes.len());
        self.upload.watch.sent(bytes.len() as u64);
        Ok(bytes.into())
    }

    fn check(&self, reader: Hasher<File>) -> io::Result<()> {
        let (_, actual, _) = reader.finish();
        if actual == self.upload.digest {
            return Ok(());
        }
        let reason = format!("has the digest `{actual}`");
        self.upload.watch.damaged(reason.clone());
        Err(io::Error::other(reason))
    }
}

fn read(mut reader: Hasher<File>, size: u64) -> io::Result<Chunk> {
    let mut bytes = Vec::with_capacity(CHUNK.min(usize::try_from(size).unwrap_or(CHUNK)));
    (&mut reader).take(size).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Chunk { bytes, reader })
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        let chunk = ready!(pin!(next).poll(cx));
        self.next = None;
        let chunk = chunk.map_err(io::Error::other).and_then(|chunk| chunk).inspect_err(|error| {
            self.upload.watch.damaged(format!("cannot be read: {error}"));
        });
        Poll::Ready(Some(chunk.and_then(|chunk| self.take(chunk)).map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.next.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
