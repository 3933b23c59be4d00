//! The compressors of layers, with every setting that reaches the bytes fixed here.

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
const ZSTD_JOB: u32 = 1 << 20;

/// gzip's own default.
const GZIP_LEVEL: u32 = 6;

/// gzip's "unknown operating system".
const GZIP_OS_UNKNOWN: u8 = 255;

/// How the layers of an image are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Small and fast; what Fargate and every current runtime reads.
    #[default]
    Zstd,
    /// For readers that need it: Lambda, `docker load`, old agents on ECS with EC2.
    Gzip,
}

impl Compression {
    /// The media type of a layer compressed so.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Zstd => media_type::LAYER_ZSTD,
            Self::Gzip => media_type::LAYER_GZIP,
        }
    }

    /// The compression of layers with this media type, if it is one of ours.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        [Self::Zstd, Self::Gzip].into_iter().find(|compression| compression.media_type() == media_type)
    }

    /// Compresses the concatenation of `chunks` into `out`.
    ///
    /// The bytes do not depend on `workers`, the number of threads that zstd uses; gzip uses the caller's.
    pub(crate) fn compress<W: Write>(self, chunks: &[&[u8]], workers: NonZeroU32, out: W) -> io::Result<W> {
        match self {
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(out, ZSTD_LEVEL)?;
                let size: usize = chunks.iter().map(|chunk| chunk.len()).sum();
                // The blob's digest covers what zstd's own checksum would.
                encoder.include_checksum(false)?;
                encoder.include_contentsize(true)?;
                encoder.set_pledged_src_size(Some(size as u64))?;
                // At least one worker: zstd without workers is another algorithm with other bytes.
                encoder.multithread(workers.get())?;
                encoder.set_parameter(CParameter::JobSize(ZSTD_JOB))?;
                write_all(&mut encoder, chunks)?;
                encoder.finish()
            }
            Self::Gzip => {
                let mut encoder = flate2::GzBuilder::new()
                    .mtime(0)
                    .operating_system(GZIP_OS_UNKNOWN)
                    .write(out, flate2::Compression::new(GZIP_LEVEL));
                write_all(&mut encoder, chunks)?;
                encoder.finish()
            }
        }
    }

    /// Decompresses what `compressed` holds, to its end.
    pub(crate) fn decompress<'a>(self, compressed: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
        let buffered = BufReader::with_capacity(128 << 10, compressed);
        Ok(match self {
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(buffered)?),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(buffered)),
        })
    }
}

fn write_all(out: &mut impl Write, chunks: &[&[u8]]) -> io::Result<()> {
    chunks.iter().try_for_each(|chunk| out.write_all(chunk))
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
    #![allow(clippy::unwrap_used)]
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

    #[test]
    fn the_bytes_do_not_depend_on_the_number_of_workers_or_on_the_chunks() {
        for len in [0, 100, 600 << 10, 5_000_001] {
            let data = sample(len);
            let zstd = |workers, chunks: &[&[u8]]| {
                let workers = NonZeroU32::new(workers).unwrap();
                Digest::of(&Compression::Zstd.compress(chunks, workers, Vec::new()).unwrap())
            };
            let one = zstd(1, &[&data]);
            assert_eq!(zstd(2, &[&data]), one);
            assert_eq!(zstd(4, &[&data]), one);
            let (head, tail) = data.split_at(len / 3);
            assert_eq!(zstd(2, &[head, tail]), one);
        }
    }

    #[test]
    fn decompressing_gives_back_what_was_compressed() {
        let data = sample(300_000);
        for compression in [Compression::Zstd, Compression::Gzip] {
            let workers = NonZeroU32::new(2).unwrap();
            let blob = compression.compress(&[&data], workers, Vec::new()).unwrap();
            assert!(blob.len() < data.len());
            let mut back = Vec::new();
            compression.decompress(&blob[..]).unwrap().read_to_end(&mut back).unwrap();
            assert!(back == data);
            assert_eq!(Compression::of_media_type(compression.media_type()), Some(compression));
        }
    }

    #[test]
    fn the_gzip_header_tells_neither_time_nor_system() {
        let gzip = Compression::Gzip.compress(&[b"items"], NonZeroU32::MIN, Vec::new()).unwrap();
        assert_eq!(gzip[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    }
}
