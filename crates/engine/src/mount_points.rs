//! Where the sandbox mounts the system's directories and files: in the root of an image of any builder, before anything runs
//! in it.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::Path,
};

use anyhow::Context;

/// Directories that a task has of its own, or whose files it has of the host.
const DIRECTORIES: [&str; 5] = ["proc", "dev", "sys", "tmp", "etc"];
/// Files of the host.
const FILES: [&str; 2] = ["etc/resolv.conf", "etc/hosts"];

/// Makes what is missing below `root`. A link in the place of a file is replaced: it may lead anywhere.
pub(crate) fn make(root: &Path) -> anyhow::Result<()> {
    for name in DIRECTORIES {
        let path = root.join(name);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => hint::bail!("`/{name}` is not a directory", hint = "build the image with a directory there"),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir(&path).with_context(|| format!("creating `/{name}`"))?;
            }
            Err(error) => return Err(error).with_context(|| format!("looking at `/{name}`")),
        }
    }
    for name in FILES {
        let path = root.join(name);
        let creating = || format!("creating `/{name}`");
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            fs::remove_file(&path).with_context(creating)?;
        }
        match File::options().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error).with_context(creating),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_replaced_and_never_followed() {
        let (host, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let theirs = host.path().join("resolv.conf");
        fs::create_dir(root.path().join("etc")).unwrap();
        symlink(&theirs, root.path().join("etc/resolv.conf")).unwrap();
        fs::write(root.path().join("etc/hosts"), "kept").unwrap();
        make(root.path()).unwrap();
        assert!(!theirs.exists() && root.path().join("proc").is_dir());
        assert!(fs::symlink_metadata(root.path().join("etc/resolv.conf")).unwrap().is_file());
        assert_eq!(fs::read_to_string(root.path().join("etc/hosts")).unwrap(), "kept");

        fs::remove_dir(root.path().join("tmp")).unwrap();
        symlink(host.path(), root.path().join("tmp")).unwrap();
        assert_eq!(make(root.path()).unwrap_err().to_string(), "`/tmp` is not a directory");
    }
}
