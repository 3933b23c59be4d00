//! Digests: the names of blobs.

use std::{
    fmt,
    io::{self, Read, Write},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::Error;

const PREFIX: &str = "sha256:";

/// The SHA-256 digest of a blob; written `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 hexadecimal digits without the algorithm: the blob's file name in a layout.
    pub fn hex(&self) -> String {
        let half = |at| u128::from_be_bytes(*self.0[at..].first_chunk().expect("a digest has two halves of 16 bytes"));
        format!("{:032x}{:032x}", half(0), half(16))
    }

    /// The hash itself.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Digest {
    /// `sha256:` and the first 12 digits, for people: enough to recognise an image, not enough to pull it.
    pub fn short(&self) -> String {
        format!("{PREFIX}{}", &self.hex()[..12])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digest = || text.to_owned();
        let (algorithm, hex) = text.split_once(':').ok_or_else(|| Error::DigestShape { digest: digest() })?;
        if algorithm != "sha256" {
            return Err(Error::DigestAlgorithm { digest: digest(), algorithm: algorithm.to_owned() });
        }
        if let Some(character) = hex.chars().find(|c| !matches!(c, '0'..='9' | 'a'..='f')) {
            return Err(Error::DigestCharacter { digest: digest(), character });
        }
        if hex.len() != 64 {
            return Err(Error::DigestLength { digest: digest(), length: hex.len() });
        }
        let (high, low) = hex.split_at(32);
        let half = |digits| u128::from_str_radix(digits, 16).expect("these are 32 hexadecimal digits").to_be_bytes();
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&half(high));
        bytes[16..].copy_from_slice(&half(low));
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A reader or writer that passes bytes on to `T`, hashes and counts them.
#[derive(Debug)]
pub struct Hasher<T> {
    inner: T,
    sha256: Sha256,
    bytes: u64,
}

impl<T> Hasher<T> {
    /// Wraps a reader or writer.
    pub fn new(inner: T) -> Self {
        Self { inner, sha256: Sha256::new(), bytes: 0 }
    }

    /// The wrapped reader or writer, the digest of the bytes, and their number.
    pub fn finish(self) -> (T, Digest, u64) {
        (self.inner, Digest(self.sha256.finalize().into()), self.bytes)
    }

    fn saw(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<R: Read> Read for Hasher<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.saw(&buffer[..count]);
        Ok(count)
    }
}

impl<W: Write> Write for Hasher<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.saw(&buffer[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_written_as_it_was_read() {
        assert_eq!(Digest::of(b"").to_string(), EMPTY);
        assert_eq!(EMPTY.parse::<Digest>().unwrap(), Digest::of(b""));
        assert_eq!(serde_json::to_string(&Digest::of(b"")).unwrap(), format!("\"{EMPTY}\""));
    }

    #[test]
    fn a_short_digest_is_the_beginning_of_the_whole() {
        assert_eq!(Digest::of(b"").short(), EMPTY[..19]);
    }

    #[test]
    fn rejects_what_is_not_a_sha256_digest_and_says_why() {
        let short = &EMPTY[..EMPTY.len() - 1];
        let long = format!("{EMPTY}0");
        let upper = EMPTY.replace('e', "E");
        let cases = [
            "",
            "sha256",
            "e3b0c442",
            "sha256:",
            short,
            &long,
            &upper,
            "sha256:é",
            "md5:d41d8cd98f00b204",
            "sha512:00",
        ];
        let errors: Vec<_> = cases.iter().map(|case| case.parse::<Digest>().unwrap_err().to_string()).collect();
        insta::assert_snapshot!(errors.join("\n"));
    }

    #[test]
    fn a_hasher_sees_what_passes() {
        let mut reader = Hasher::new(&b"items"[..]);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        let (_, digest, bytes) = reader.finish();
        assert_eq!((digest, bytes), (Digest::of(b"items"), 5));
    }
}
