//! Reading logs back.

use std::{
    collections::{BTreeMap, VecDeque},
    fs::{self, File},
    io::{self, BufRead, BufReader, ErrorKind, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    Record,
    file::{FILES, rotated},
    path,
};

/// Which lines are wanted.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Services; all of them if empty.
    pub services: Vec<String>,
    /// No line before this.
    pub since: Option<Timestamp>,
    /// The last lines only, so many.
    pub tail: Option<usize>,
}

/// Reads on where a [`Query`] ended.
pub struct Follow {
    files: BTreeMap<PathBuf, Position>,
}

/// How far a file was read.
struct Position {
    service: String,
    inode: u64,
    offset: u64,
}

/// The services that have a log in the directory `logs`.
pub fn services(logs: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(logs) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".log")).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

impl Query {
    /// The lines in the directory `logs` that match, oldest first, and what is needed to read on.
    pub fn read(&self, logs: &Path) -> io::Result<(Vec<Record>, Follow)> {
        let mut records = VecDeque::new();
        let mut follow = Follow { files: BTreeMap::new() };
        for service in self.services(logs)? {
            let path = path(logs, &service);
            for number in (1..FILES).rev() {
                self.add(&mut records, &service, &rotated(&path, number), 0)?;
            }
            let (inode, offset) = self.add(&mut records, &service, &path, 0)?;
            follow.files.insert(path, Position { service, inode, offset });
        }
        let mut records = Vec::from(records);
        // Stable: lines of one service stay in order.
        records.sort_by_key(|record| record.time);
        if let Some(tail) = self.tail {
            records.drain(..records.len().saturating_sub(tail));
        }
        Ok((records, follow))
    }

    /// The lines that were written since the last call.
    pub fn read_on(&self, logs: &Path, follow: &mut Follow) -> io::Result<Vec<Record>> {
        let mut records = VecDeque::new();
        for service in self.services(logs)? {
            let path = path(logs, &service);
            let position = follow.files.entry(path.clone()).or_insert(Position { service, inode: 0, offset: 0 });
            let inode = match fs::metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other?.ino(),
            };
            if inode != position.inode {
                if position.inode != 0 {
                    // Rotated: the rest of the file that we were in, which has a new name.
                    let old = (1..FILES).map(|number| rotated(&path, number));
                    let old = old.into_iter().find(|old| fs::metadata(old).is_ok_and(|m| m.ino() == position.inode));
                    if let Some(old) = old {
                        self.add(&mut records, &position.service, &old, position.offset)?;
                    }
                }
                position.offset = 0;
            }
            (position.inode, position.offset) = self.add(&mut records, &position.service, &path, position.offset)?;
        }
        let mut records = Vec::from(records);
        records.sort_by_key(|record| record.time);
        Ok(records)
    }

    fn services(&self, logs: &Path) -> io::Result<Vec<String>> {
        if self.services.is_empty() { services(logs) } else { Ok(self.services.clone()) }
    }

    /// Adds the lines of `path` from `offset` on; gives the file's inode and where its last whole line ended.
    fn add(
        &self,
        records: &mut VecDeque<Record>,
        service: &str,
        path: &Path,
        mut offset: u64,
    ) -> io::Result<(u64, u64)> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((0, 0)),
            other => other?,
        };
        let inode = file.metadata()?.ino();
        file.seek(SeekFrom::Start(offset))?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        let mut own = 0;
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            offset += line.len() as u64;
            // A line that is not ours, after a full disk for instance, is passed over.
            if let Ok(mut record) = serde_json::from_slice::<Record>(&line)
                && self.since.is_none_or(|since| record.time >= since)
            {
                service.clone_into(&mut record.service);
                records.push_back(record);
                own += 1;
                // No more of one file can be among the last ones of all.
                if self.tail.is_some_and(|tail| own > tail) {
                    let first = records.len() - own;
                    records.remove(first);
                    own -= 1;
                }
            }
            line.clear();
        }
        Ok((inode, offset))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use super::*;

    fn write(path: &Path, lines: &[(&str, &str)]) {
        let mut file = File::options().create(true).append(true).open(path).unwrap();
        for (time, line) in lines {
            writeln!(file, r#"{{"time":"2026-11-23T10:00:{time}Z","task":"t","stream":"stdout","line":"{line}"}}"#)
                .unwrap();
        }
    }

    fn lines(records: &[Record]) -> Vec<String> {
        records.iter().map(|record| format!("{} {}", record.service, record.line)).collect()
    }

    #[test]
    fn merges_services_and_rotated_files_by_time() {
        let logs = tempfile::tempdir().unwrap();
        write(&logs.path().join("web.log.1"), &[("01", "one"), ("02", "two")]);
        write(&logs.path().join("web.log"), &[("05", "five")]);
        write(&logs.path().join("api.log"), &[("03", "three"), ("06", "six")]);
        fs::write(logs.path().join("api.log.1"), "not ours\n").unwrap();
        let read = |query: Query| lines(&query.read(logs.path()).unwrap().0);
        assert_eq!(read(Query::default()), ["web one", "web two", "api three", "web five", "api six"]);
        assert_eq!(read(Query { tail: Some(2), ..Query::default() }), ["web five", "api six"]);
        let since = Some("2026-11-23T10:00:05Z".parse().unwrap());
        assert_eq!(read(Query { since, ..Query::default() }), ["web five", "api six"]);
        assert_eq!(read(Query { services: vec!["api".to_owned()], ..Query::default() }), ["api three", "api six"]);
    }

    #[test]
    fn reads_on_across_a_rotation_and_into_a_new_log() {
        let logs = tempfile::tempdir().unwrap();
        let web = logs.path().join("web.log");
        write(&web, &[("01", "one")]);
        let query = Query::default();
        let (_, mut follow) = query.read(logs.path()).unwrap();
        write(&web, &[("02", "two")]);
        fs::rename(&web, logs.path().join("web.log.1")).unwrap();
        write(&web, &[("03", "three")]);
        write(&logs.path().join("api.log"), &[("04", "four")]);
        let more = query.read_on(logs.path(), &mut follow).unwrap();
        assert_eq!(lines(&more), ["web two", "web three", "api four"]);
        assert!(query.read_on(logs.path(), &mut follow).unwrap().is_empty());
    }
}
