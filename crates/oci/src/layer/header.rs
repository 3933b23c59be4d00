//! The headers of a tar archive: POSIX's ustar, and GNU's where it says no more than that, so that every reader sees the same
//! file.
//!
//! Readers differ in what older and newer formats mean: whose `prefix` belongs to the path, when a name ends, which numbers
//! are signed. Of what passes here, ours, Go's and Python's read the same path, kind, size and mode.

use std::io::{self, Read};

/// Bytes of a header, and what contents are padded to.
pub(crate) const BLOCK: usize = 512;

/// Numbers by name: where they begin in a header, and their bytes.
const NUMBERS: [(&str, usize, usize); 7] = [
    ("mode", 100, 8),
    ("owner", 108, 8),
    ("group", 116, 8),
    ("size", 124, 12),
    ("time", 136, 12),
    ("device", 329, 8),
    ("device", 337, 8),
];

/// Where the checksum is.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Where a header ends for ustar. Star has more to say from here on, and a shorter prefix.
const END: usize = 500;

/// Where a header of GNU's ends for us. What it has in the place of the prefix is a prefix to some readers, times to others.
const GNU_END: usize = 345;

/// The next header; none at the end of the archive: blocks of zeros, and nothing but zeros after them. umoci leaves them out,
/// and no reader misses them.
pub(super) fn next(archive: &mut dyn Read) -> io::Result<Option<tar::Header>> {
    let mut header = tar::Header::new_old();
    let block = header.as_mut_bytes();
    let mut filled = 0;
    while filled < BLOCK {
        match archive.read(&mut block[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::Error::other("the archive ends in the middle of a block")),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if *block == [0; BLOCK] {
        return end(archive).map(|()| None);
    }
    if octal(&block[CHECKSUM]) != Some(checksum(block)) {
        return Err(io::Error::other("the checksum of a header is wrong"));
    }
    Ok(Some(header))
}

/// Reads what follows the first block of zeros.
fn end(archive: &mut dyn Read) -> io::Result<()> {
    let (mut zeros, mut chunk) = (0, [0; 16 * BLOCK]);
    loop {
        let count = match archive.read(&mut chunk) {
            Ok(0) if (1..BLOCK).contains(&zeros) => {
                return Err(io::Error::other("the archive ends in the middle of a block"));
            }
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk[..count] != [0; 16 * BLOCK][..count] {
            return Err(io::Error::other("there is something after the end of the archive"));
        }
        zeros += count;
    }
}

/// Why readers may differ on this header, as the rest of a sentence about its entry.
pub(super) fn ambiguity(header: &tar::Header) -> Option<String> {
    let block = header.as_bytes();
    let end = match (header.as_ustar(), header.as_gnu()) {
        (Some(_), _) => END,
        (_, Some(_)) => GNU_END,
        _ => return Some("has a header of another format than ustar".to_owned()),
    };
    if block[end..].iter().any(|byte| *byte != 0) {
        return Some("has a header with something after its end".to_owned());
    }
    let unreadable = NUMBERS.iter().find(|(_, at, length)| octal(&block[*at..at + length]).is_none());
    unreadable.map(|(name, ..)| format!("has an unreadable {name}: it is not an octal number"))
}

/// Octal digits, then spaces or NULs: signs, base 256 and spaces before a number are read in several ways.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = field.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, rest) = field.split_at(digits);
    let padded = rest.iter().all(|byte| matches!(byte, b' ' | 0));
    padded.then(|| digits.iter().fold(0, |sum, digit| sum << 3 | u64::from(digit - b'0')))
}

/// The sum of all bytes, with the checksum itself counted as spaces.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    sum(block) - sum(&block[CHECKSUM]) + u64::from(b' ') * CHECKSUM.len() as u64
}
