//! Links from the root of an image to what is in paths of the store, such as `/bin/python3`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Error,
    source::{Entries, not_utf8},
};

/// What a path of the store has for builds alone.
const NOT_LINKED: &str = "nix-support";

/// Directories that the base layer has, which stay directories.
const BASE: [&str; 4] = ["etc", "etc/ssl", "etc/ssl/certs", "tmp"];

/// Adds the links to `root`: one to each file or directory that one path alone has, and for a directory that several have one to
/// each of what is in it. Of two files in one place the path that was named first has it.
pub(super) fn add(root: &mut Entries, contents: &[PathBuf]) -> Result<(), Error> {
    let directories: Vec<_> = contents.iter().filter(|path| path.is_dir()).map(PathBuf::as_path).collect();
    merge(root, "", &directories)
}

fn merge(root: &mut Entries, at: &str, directories: &[&Path]) -> Result<(), Error> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for directory in directories {
        let failed = |source| Error::Read { path: (*directory).to_owned(), source };
        for entry in fs::read_dir(directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().into_string().map_err(|_| not_utf8(&entry.path()))?;
            if !(at.is_empty() && name == NOT_LINKED) {
                found.entry(name).or_default().push(entry.path());
            }
        }
    }
    for (name, sources) in found {
        let path = if at.is_empty() { name } else { format!("{at}/{name}") };
        let of_base = BASE.contains(&&*path);
        let first_is_directory = sources[0].is_dir();
        if (sources.len() > 1 || of_base) && first_is_directory {
            let directories: Vec<_> = sources.iter().filter(|source| source.is_dir()).map(PathBuf::as_path).collect();
            if !of_base {
                root.directory(&path, 0o755);
            }
            merge(root, &path, &directories)?;
        } else if !of_base {
            let target = sources[0].to_str().ok_or_else(|| not_utf8(&sources[0]))?;
            root.link(&path, target.to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Content;

    #[test]
    fn links_lead_to_what_one_has_and_directories_hold_what_several_have() {
        let store = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = store.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        for path in [
            "a/bin/python",
            "a/bin/same",
            "a/lib/x",
            "a/nix-support/y",
            "b/bin/web",
            "b/bin/same",
            "b/etc/web/conf",
            "c",
        ] {
            write(path);
        }
        let mut root = Entries::default();
        add(&mut root, &["a", "b", "c"].map(|name| store.path().join(name))).unwrap();
        let prefix = store.path().to_str().unwrap();
        let shown: Vec<_> = root
            .all()
            .into_iter()
            .map(|entry| match entry.content {
                Content::Link(target) => format!("{} -> {}", entry.path, target.replace(prefix, "")),
                _ => entry.path.into_owned(),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "bin/",
                "bin/python -> /a/bin/python",
                "bin/same -> /a/bin/same",
                "bin/web -> /b/bin/web",
                "etc/",
                "etc/web -> /b/etc/web",
                "lib -> /a/lib"
            ]
        );
    }
}
