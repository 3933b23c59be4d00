//! What an archive says of its next entry in entries of their own: the extended headers of pax, the long names of GNU tar.

use std::io::{self, Read};

/// Largest of them that is read, in bytes: they are kept in memory, and a path is at most 4096.
const MAX: u64 = 1 << 20;

/// What was said of the next entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extended {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
}

impl Extended {
    /// Reads GNU's long name, or long target of a link, of `size` bytes.
    pub(super) fn long_name(archive: &mut dyn Read, size: u64) -> io::Result<Vec<u8>> {
        let mut name = all(archive, size)?;
        // It ends with a NUL.
        name.truncate(name.iter().position(|byte| *byte == 0).unwrap_or(name.len()));
        Ok(name)
    }

    /// Reads the records of pax: `LENGTH KEY=VALUE` and a line feed, where the length counts all of that.
    pub(super) fn pax(&mut self, archive: &mut dyn Read, size: u64) -> io::Result<()> {
        let text = all(archive, size)?;
        let mut rest = &*text;
        while !rest.is_empty() {
            let (key, value, after) = record(rest).ok_or_else(|| io::Error::other("an extended header is damaged"))?;
            self.set(key, value)?;
            rest = after;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let number = || std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        let number = || number().ok_or_else(|| io::Error::other("a number in an extended header is damaged"));
        match key {
            b"path" => self.path = Some(value.to_owned()),
            b"linkpath" => self.link = Some(value.to_owned()),
            b"size" => self.size = Some(number()?),
            b"uid" => self.uid = Some(number()?),
            b"gid" => self.gid = Some(number()?),
            key if key.starts_with(b"GNU.sparse.") => return Err(io::Error::other("sparse files are not supported")),
            // Times, names of owners, attributes: a root has none of them.
            _ => {}
        }
        Ok(())
    }
}

/// Key and value of the record that `text` begins with, and what follows it.
fn record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = text.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&text[..space]).ok()?.parse().ok()?;
    let (record, after) = text.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some((&record[..equals], &record[equals + 1..], after))
}

fn all(archive: &mut dyn Read, size: u64) -> io::Result<Vec<u8>> {
    if size > MAX {
        return Err(io::Error::other(format!("an extended header is {size} bytes, the limit is {MAX}")));
    }
    let mut bytes = Vec::new();
    archive.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pax(text: &[u8]) -> Option<Extended> {
        let mut extended = Extended::default();
        extended.pax(&mut &*text, text.len() as u64).ok().map(|()| extended)
    }

    #[test]
    fn reads_the_records_of_pax() {
        let read = pax(b"10 path=a\n14 linkpath=b\n12 size=123\n30 mtime=1350244992.023960108\n").unwrap();
        let (path, link) = (Some(b"a".to_vec()), Some(b"b".to_vec()));
        assert_eq!(read, Extended { path, link, size: Some(123), ..Extended::default() });
        // A value may have anything in it.
        assert_eq!(pax(b"14 path=a\nb=c\n").unwrap().path.unwrap(), b"a\nb=c");
    }

    #[test]
    fn refuses_what_is_damaged_or_not_supported() {
        for text in [&b"x"[..], b"99 path=a\n", b"2 path=a\n", b"10 path=a ", b"9 pathab\n", b"12 size=12x\n"] {
            assert_eq!(pax(text), None, "{}", text.escape_ascii());
        }
        assert_eq!(pax(b"22 GNU.sparse.major=1\n"), None);
        assert!(Extended::long_name(&mut io::repeat(b'a'), MAX + 1).is_err());
    }
}
