//! Who a task runs as: never root, whatever its image says.

use std::{fs, path::Path};

use crate::root::Root;

/// Largest `/etc/passwd` or `/etc/group` that is read.
const MAX: u64 = 1 << 20;

/// Where a program is looked for that is named without its path, if the image does not say.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where a user without one lives.
const NO_HOME: &str = "/";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// User and group id; neither is 0, nor the number that the kernel takes for "as it is".
    pub(crate) ids: (u32, u32),
    pub(crate) home: String,
}

impl User {
    /// The user that the stack has `said`, as `UID:GID`, or else the one of the image in `root`, whose names are those of its own
    /// `/etc/passwd` and `/etc/group`.
    pub(crate) fn of(said: Option<&str>, root: &Root) -> anyhow::Result<Self> {
        let user = said.unwrap_or(&root.execution.user);
        let (passwd, group) = (lines(&root.files, "passwd"), lines(&root.files, "group"));
        let (who, of_group) = user.split_once(':').map_or((user, None), |(who, group)| (who, Some(group)));
        let line = passwd.iter().find(|line| field(line, 2) == Some(who)).or_else(|| named(&passwd, who));
        let uid = number(who).or_else(|| number(field(line?, 2)?));
        let gid = match of_group {
            Some(name) => number(name).or_else(|| number(field(named(&group, name)?, 2)?)),
            None => line.and_then(|line| number(field(line, 3)?)),
        };
        let home =
            line.and_then(|line| field(line, 5)).filter(|home| home.starts_with('/')).unwrap_or(NO_HOME).to_owned();
        match (uid, gid) {
            // A user without a group would be in root's.
            (Some(uid), Some(gid)) if uid != 0 && gid != 0 => Ok(Self { ids: (uid, gid), home }),
            _ => hint::bail!(
                "the image starts as `{}`, which is root, in root's group, or nobody that it knows",
                if user.is_empty() { "root".to_owned() } else { user.escape_debug().to_string() },
                hint = "say another in infra.nix: `user = \"65532:65532\"`"
            ),
        }
    }

    /// What every runtime sets where an image does not.
    pub(crate) fn environment(&self) -> [(&str, &str); 2] {
        [("PATH", PATH), ("HOME", &self.home)]
    }
}

/// The number, if it is one that a user may have.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number != u32::MAX)
}

fn field(line: &str, at: usize) -> Option<&str> {
    line.split(':').nth(at)
}

fn named<'a>(lines: &'a [String], name: &str) -> Option<&'a String> {
    lines.iter().find(|line| field(line, 0) == Some(name))
}

/// The lines of a file in the image's `/etc`; none if it is not a file itself: a link may lead out of the image.
fn lines(files: &Path, name: &str) -> Vec<String> {
    let directory = files.join("etc");
    let path = directory.join(name);
    let plain = |path: &Path| fs::symlink_metadata(path).ok().filter(|found| !found.is_symlink());
    let readable = plain(&directory).zip(plain(&path)).is_some_and(|(_, file)| file.is_file() && file.len() <= MAX);
    let text = if readable { fs::read(&path).unwrap_or_default() } else { Vec::new() };
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use oci::{Digest, Execution};

    use super::*;

    #[test]
    fn names_are_those_of_the_image_and_nobody_becomes_root() {
        let directory = tempfile::tempdir().unwrap();
        let etc = directory.path().join("etc");
        fs::create_dir(&etc).unwrap();
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:102:nginx:/var/cache/nginx:/bin/false\ntoor:x:0:5::/:\n";
        fs::write(etc.join("passwd"), passwd).unwrap();
        fs::write(etc.join("group"), "root:x:0:\nwww:x:33:\n").unwrap();
        let of = |said: Option<&str>, user: &str| {
            let execution = Execution { user: user.to_owned(), ..Execution::default() };
            let root = Root { digest: Digest::of(b""), files: directory.path().to_owned(), execution };
            User::of(said, &root).ok().map(|user| (user.ids.0, user.ids.1, user.home))
        };
        let found = |uid, gid, home: &str| Some((uid, gid, home.to_owned()));
        assert_eq!(of(None, "nginx"), found(101, 102, "/var/cache/nginx"));
        assert_eq!(of(None, "nginx:www"), found(101, 33, "/var/cache/nginx"));
        assert_eq!(of(None, "101"), found(101, 102, "/var/cache/nginx"));
        assert_eq!(of(None, "7:8"), found(7, 8, "/"));
        assert_eq!(of(Some("65532:65532"), "root"), found(65532, 65532, "/"));
        for privileged in
            ["", "root", "0", "0:0", "1:0", "0:1", "toor", "nginx:root", "7", "nobody", "4294967295:1", "-1:1", ":"]
        {
            assert_eq!(of(None, privileged), None, "{privileged}");
        }
        // What is said is looked at in the same way.
        assert_eq!(of(Some("0:0"), "nginx"), None);

        fs::remove_file(etc.join("passwd")).unwrap();
        symlink("/etc/passwd", etc.join("passwd")).unwrap();
        assert_eq!(of(None, "root:www"), None);
        assert_eq!(of(None, "daemon:www"), None);
    }
}
