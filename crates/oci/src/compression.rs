//! Compression of layers. Every setting that changes the bytes is a constant here.

use std::{
    fmt,
    io::{self, BufReader, Read, Write},
    num::NonZeroU32,
    str::FromStr,
};

use zstd::zstd_safe::CParameter;

use crate::{Error, media_type};

/// zstd's default: 5 % smaller and three times faster than the best gzip on a program.
const ZSTD_LEVEL: i32 = 3;

/// Bytes of input that one worker compresses at a time. Fixed, because the cuts between jobs are in the output.
/// Jobs of 2 MiB make a program 0.5 % smaller, but touch more memory, which costs more time than it saves.
const ZSTD_JOB: u32 = 1 << 20;

/// The default of gzip.
const GZIP_LEVEL: u32 = 6;

/// gzip's "unknown operating system".
const GZIP_OS_UNKNOWN: u8 = 255;

/// How the layers of an image are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Smaller and faster. Fargate and all current runtimes support it.
    #[default]
    Zstd,
    /// For tools without zstd: Lambda, `docker load`, old ECS agents on EC2.
    Gzip,
}

impl Compression {
    /// The media type of a layer with this compression.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Zstd => media_type::LAYER_ZSTD,
            Self::Gzip => media_type::LAYER_GZIP,
        }
    }

    /// The compression of layers with this media type; none for other media types than those of [`Self::media_type`].
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        [Self::Zstd, Self::Gzip].into_iter().find(|compression| compression.media_type() == media_type)
    }

    /// An encoder for `size` bytes into `out`. Its output does not depend on `workers`, the number of threads that
    /// zstd uses in addition to the caller's; gzip uses the caller's thread only.
    pub(crate) fn encoder<W: Write>(self, size: u64, workers: NonZeroU32, out: W) -> io::Result<Encoder<W>> {
        Ok(match self {
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(out, ZSTD_LEVEL)?;
                // The blob's digest covers what zstd's own checksum would.
                encoder.include_checksum(false)?;
                encoder.include_contentsize(true)?;
                encoder.set_pledged_src_size(Some(size))?;
                // At least one worker: zstd without workers is another algorithm with other bytes.
                encoder.multithread(workers.get())?;
                encoder.set_parameter(CParameter::JobSize(ZSTD_JOB))?;
                Encoder::Zstd(encoder)
            }
            Self::Gzip => Encoder::Gzip(
                flate2::GzBuilder::new()
                    .mtime(0)
                    .operating_system(GZIP_OS_UNKNOWN)
                    .write(out, flate2::Compression::new(GZIP_LEVEL)),
            ),
        })
    }

    /// Decompresses `compressed` to its end.
    pub(crate) fn decompress<'a>(self, compressed: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
        let buffered = BufReader::with_capacity(128 << 10, compressed);
        Ok(match self {
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(buffered)?),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(buffered)),
        })
    }
}

/// How the archive of a layer is stored. Images of Driftless are always packed, others need not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Plain,
    Packed(Compression),
}

impl Stored {
    /// How a layer of this media type is stored; none if it is not the media type of a layer.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            media_type::LAYER => Some(Self::Plain),
            media_type::DOCKER_LAYER => Some(Self::Packed(Compression::Gzip)),
            other => Compression::of_media_type(other).map(Self::Packed),
        }
    }

    /// Reads the archive of the layer `blob`.
    pub(crate) fn archive<'a>(self, blob: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
        match self {
            Self::Plain => Ok(Box::new(blob)),
            Self::Packed(compression) => compression.decompress(blob),
        }
    }
}

/// A writer that compresses.
pub(crate) enum Encoder<W: Write> {
    Zstd(zstd::Encoder<'static, W>),
    Gzip(flate2::write::GzEncoder<W>),
}

impl<W: Write> Encoder<W> {
    /// Writes the rest, and returns the inner writer.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self {
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Zstd(encoder) => encoder.write(buffer),
            Self::Gzip(encoder) => encoder.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Zstd(encoder) => encoder.flush(),
            Self::Gzip(encoder) => encoder.flush(),
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        })
    }
}

impl FromStr for Compression {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "zstd" => Ok(Self::Zstd),
            "gzip" => Ok(Self::Gzip),
            _ => Err(Error::UnknownCompression { compression: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digest;

    /// Bytes that compress to something, the same everywhere.
    fn sample(len: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 58).to_le_bytes()[0]
        };
        (0..len).map(|_| next()).collect()
    }

    fn compress(compression: Compression, workers: u32, chunks: &[&[u8]]) -> Vec<u8> {
        let size = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        let mut encoder = compression.encoder(size, NonZeroU32::new(workers).unwrap(), Vec::new()).unwrap();
        for chunk in chunks {
            encoder.write_all(chunk).unwrap();
        }
        encoder.finish().unwrap()
    }

    #[test]
    fn the_bytes_do_not_depend_on_the_number_of_workers_or_on_the_chunks() {
        // Below and above what zstd gives to more than one worker, and several jobs.
        for len in [0, 100, 600 << 10, 9_000_001] {
            let data = sample(len);
            let one = Digest::of(&compress(Compression::Zstd, 1, &[&data]));
            for workers in [2, 4] {
                assert_eq!(Digest::of(&compress(Compression::Zstd, workers, &[&data])), one);
            }
            let (head, tail) = data.split_at(len / 3);
            assert_eq!(Digest::of(&compress(Compression::Zstd, 2, &[head, tail])), one);
            let small: Vec<_> = data.chunks(1000).collect();
            assert_eq!(Digest::of(&compress(Compression::Zstd, 2, &small)), one);
        }
    }

    #[test]
    fn decompressing_gives_back_what_was_compressed() {
        let data = sample(300_000);
        for compression in [Compression::Zstd, Compression::Gzip] {
            let blob = compress(compression, 2, &[&data]);
            assert!(blob.len() < data.len());
            let mut back = Vec::new();
            compression.decompress(&blob[..]).unwrap().read_to_end(&mut back).unwrap();
            assert_eq!(back, data);
            assert_eq!(Compression::of_media_type(compression.media_type()), Some(compression));
        }
    }

    #[test]
    fn the_gzip_header_tells_neither_time_nor_system() {
        let gzip = compress(Compression::Gzip, 1, &[b"items"]);
        assert_eq!(gzip[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    }
}
