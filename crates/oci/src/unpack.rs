//! Extracts an image into a directory. The image is not trusted.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions, Permissions},
    io::{self, ErrorKind, Read},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use crate::{Digest, Error, File, FileKind, Layout, directory::Staging, layer::Seen};

/// Extracts the layers of `layout` into the directory `dest`, which must not exist or be empty.
///
/// Modes are those of the layers; owner and group are the caller's. Sizes, digests and diff ids are checked, and `dest`
/// appears only if all of them are right. These entries are errors: paths and links that lead out of the image, devices,
/// pipes, set-user-id and set-group-id files, entries below a symbolic link, and whiteouts (no layer of an image of
/// [`build_image`](crate::build_image) removes a file of a lower one).
pub fn unpack(layout: &Layout, dest: &Path) -> Result<(), Error> {
    if fs::read_dir(dest).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::exists(dest.to_owned()));
    }
    let staging = Staging::beside(dest)?;
    // Directories get their modes last: one that is read-only could not be filled.
    let mut directories = BTreeMap::new();
    let mut seen = Seen::nothing();
    for layer in layout.layers()? {
        let digest = layer.descriptor.digest;
        let mut root = Root { dir: staging.path(), digest, directories: &mut directories };
        layout.read_layer(&layer, &mut seen, |file, content| root.extract(&file, content))?;
    }
    // The deepest first, while the ones above it can still be entered.
    for (path, mode) in directories.into_iter().rev() {
        let path = staging.path().join(path);
        set_mode(&path, mode).map_err(|source| Error::Write { path, source })?;
    }
    staging.publish()
}

/// The directory that a layer is extracted into. Nothing else writes to it.
struct Root<'a> {
    dir: &'a Path,
    digest: Digest,
    directories: &'a mut BTreeMap<PathBuf, u32>,
}

impl Root<'_> {
    fn extract(&mut self, file: &File, content: &mut dyn Read) -> Result<(), Error> {
        let (digest, entry) = (self.digest, file.path.clone());
        self.check_parents(file)?;
        self.create(file, content).map_err(|source| Error::Extract { digest, entry, source })
    }

    /// Creates the directories above `file`. Anything else there is an error, a symbolic link above all.
    fn check_parents(&self, file: &File) -> Result<(), Error> {
        let (digest, entry) = (self.digest, &file.path);
        let mut path = self.dir.to_owned();
        for name in Path::new(entry).parent().unwrap_or(Path::new("")) {
            path.push(name);
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_dir() => continue,
                Ok(_) => {
                    let reason = "is below something that is not a directory".to_owned();
                    return Err(Error::Entry { digest, entry: entry.clone(), reason });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir(&path),
                Err(error) => Err(error),
            }
            .map_err(|source| Error::Extract { digest, entry: entry.clone(), source })?;
        }
        Ok(())
    }

    fn create(&mut self, file: &File, content: &mut dyn Read) -> io::Result<()> {
        let path = self.dir.join(&file.path);
        match &file.kind {
            FileKind::Directory => {
                if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
                    fs::create_dir(&path)?;
                }
                self.directories.insert(PathBuf::from(&file.path), file.mode);
                Ok(())
            }
            FileKind::File => {
                clear(&path)?;
                let mut out = OpenOptions::new().write(true).create_new(true).open(&path)?;
                io::copy(content, &mut out)?;
                // After the content, so that a read-only file can be written; explicit, so that umask has no say.
                out.set_permissions(Permissions::from_mode(file.mode))
            }
            FileKind::Symlink { target } => {
                clear(&path)?;
                symlink(target, &path)
            }
            FileKind::Special => Err(io::Error::other("it is a device or a pipe")),
            FileKind::Hardlink { target } => {
                let target = self.existing_file(target)?;
                clear(&path)?;
                fs::hard_link(target, &path)
            }
        }
    }

    /// The file that a hard link names, if there are only directories above it.
    fn existing_file(&self, target: &str) -> io::Result<PathBuf> {
        let mut path = self.dir.to_owned();
        let mut names = Path::new(target).iter().peekable();
        while let Some(name) = names.next() {
            path.push(name);
            let metadata = fs::symlink_metadata(&path)?;
            if (names.peek().is_some() && !metadata.is_dir()) || (names.peek().is_none() && !metadata.is_file()) {
                return Err(io::Error::other(format!("the hard link's target `{target}` is not a file in the image")));
            }
        }
        Ok(path)
    }
}

/// Removes the file or link that an entry replaces. A directory stays, and makes the entry fail.
fn clear(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}
