//! Where a program wanted to write, as it says itself: nothing else tells what a read-only root kept it from.

/// What the C library, Go, Java, Node, Python and nginx say.
const REFUSED: [&str; 2] = ["read-only file system", "erofs"];

/// The directory that a line says could not be written to.
pub(crate) fn refused(line: &str) -> Option<String> {
    let lower = line.to_ascii_lowercase();
    if !REFUSED.iter().any(|words| lower.contains(words)) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || "\"'`,;:()[]<>".contains(c);
    let path = line.split(ends).find(|word| word.starts_with('/') && word.len() > 1)?;
    // A file, or a directory that is to be made, is in another.
    let directory = match path.strip_suffix('/') {
        Some(directory) => directory,
        None => path.rsplit_once('/')?.0,
    };
    // Memory of its own, or the whole root.
    (!["", "/tmp", "/dev", "/proc"].contains(&directory)).then(|| directory.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_found_in_what_programs_say() {
        for (line, directory) in [
            (
                "nginx: [emerg] mkdir() \"/var/cache/nginx/client_temp\" failed (30: Read-only file system)",
                "/var/cache/nginx",
            ),
            ("OSError: [Errno 30] Read-only file system: '/app/state.db'", "/app"),
            ("Error: EROFS: read-only file system, open '/srv/out/log.txt'", "/srv/out"),
            ("open /data/db.lock: read-only file system", "/data"),
        ] {
            assert_eq!(refused(line).as_deref(), Some(directory), "{line}");
        }
        assert_eq!(refused("listening on /var/run/app.sock"), None);
        assert_eq!(refused("cannot open '/file': Read-only file system"), None, "the root itself");
    }
}
