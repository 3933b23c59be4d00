//! Extracts images of any builder. Neither the image nor its builder is trusted.

mod place;
mod whiteout;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, Uid, fchmod, fchown, linkat, mkdirat, openat, symlinkat};
use serde::Serialize;

use self::{
    place::{Place, identity},
    whiteout::{Lower, Whiteout},
};
use crate::{
    Digest, Error, Layout, MAX_FILES, MAX_IMAGE,
    directory::Staging,
    layer::{Kind, Member},
};

/// Bits of a mode that a root has: no set-user-id, no set-group-id.
const KEPT: u32 = 0o1777;

/// Bits that a directory has in any case for its owner, who has to read and remove it.
const READABLE: u32 = 0o500;

/// What an unpacked root does not have of its image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Files that have lost the set-user-id or set-group-id bit.
    pub privileges: Vec<String>,
    /// Devices and pipes.
    pub special: Vec<String>,
}

/// Extracts the layers of `layout`, an image of any builder, into the directory `dest`, which must not exist or be empty.
///
/// Layers may remove what is below them (whiteouts), be packed in any way that [`media_type`](crate::media_type) knows, and be
/// archives of pax or GNU tar with names of any length. Links may lead anywhere: what is written, is written below `dest`, of
/// which the kernel makes sure (`RESOLVE_IN_ROOT`; Linux 5.6). Sizes, digests and diff ids are checked, and `dest` appears only
/// if all of them are right. With `owners`, which takes root, files belong to whom the image says, and else to the caller.
pub fn unpack_foreign(layout: &Layout, dest: &Path, owners: bool) -> Result<LeftOut, Error> {
    if fs::read_dir(dest).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::exists(dest.to_owned()));
    }
    let staging = Staging::beside(dest)?;
    let failed = |source: io::Error| Error::Write { path: staging.path().to_owned(), source };
    let place = Place::open(staging.path()).map_err(failed)?;
    let mut root = Root { place, owners, directories: BTreeMap::new(), left_out: LeftOut::default(), files: 0 };
    let mut left = MAX_IMAGE;
    for layer in layout.layers()? {
        let mut lower = Lower::new();
        let digest = layer.descriptor.digest;
        layout.read_members(&layer, &mut left, |member, content| root.add(&member, content, &mut lower, digest))?;
    }
    root.finish().map_err(failed)?;
    staging.publish()?;
    Ok(root.left_out)
}

/// A root in the making. Nothing else writes to it.
struct Root {
    place: Place,
    owners: bool,
    /// Mode, owner and group of directories, which get them last: one that is read-only could not be filled.
    directories: BTreeMap<PathBuf, (u32, u64, u64)>,
    left_out: LeftOut,
    /// Members so far.
    files: usize,
}

impl Root {
    fn add(&mut self, member: &Member, content: &mut dyn Read, lower: &mut Lower, digest: Digest) -> Result<(), Error> {
        let entry = || member.path.display().to_string();
        self.files += 1;
        if self.files > MAX_FILES {
            let reason = format!("is one too many: an image may hold {MAX_FILES}");
            return Err(Error::Entry { digest, entry: entry(), reason });
        }
        let added = match Whiteout::of(&member.path) {
            Some(whiteout) => whiteout.apply(&self.place, lower),
            None => self.create(member, content, lower),
        };
        added.map_err(|source| Error::Extract { digest, entry: entry(), source })
    }

    fn create(&mut self, member: &Member, content: &mut dyn Read, lower: &mut Lower) -> io::Result<()> {
        let Some(name) = member.path.file_name() else {
            if member.kind == Kind::Directory {
                self.directories.insert(PathBuf::new(), (member.mode, member.uid, member.gid));
            }
            return Ok(());
        };
        let above = self.place.make(member.path.parent().unwrap_or(Path::new("")))?;
        match &member.kind {
            Kind::Directory => {
                if !place::is_directory(&above, name)? {
                    whiteout::remove(&above, name)?;
                    mkdirat(&above, name, Mode::from_raw_mode(0o755))?;
                }
                self.directories.insert(member.path.clone(), (member.mode, member.uid, member.gid));
            }
            Kind::File => {
                whiteout::remove(&above, name)?;
                let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let mut out = File::from(openat(&above, name, flags, Mode::from_raw_mode(0o600))?);
                if io::copy(content, &mut out)? != member.size {
                    return Err(io::Error::other("the archive ends in the middle of it"));
                }
                self.own(&out, (member.mode, member.uid, member.gid))?;
                if member.mode & !KEPT != 0 {
                    self.left_out.privileges.push(member.path.display().to_string());
                }
            }
            Kind::Symlink(target) => {
                whiteout::remove(&above, name)?;
                symlinkat(&**target, &above, name)?;
            }
            Kind::Hardlink(target) => {
                let target_name =
                    target.file_name().ok_or_else(|| io::Error::other("it is another name of nothing"))?;
                let target_above = self.place.directory(target.parent().unwrap_or(Path::new("")))?;
                // Before the old name is removed, which may be the same file's.
                if identity(&above, name).ok() != Some(identity(&target_above, target_name)?) {
                    whiteout::remove(&above, name)?;
                    linkat(&target_above, target_name, &above, name, AtFlags::empty())?;
                }
            }
            Kind::Special => {
                self.left_out.special.push(member.path.display().to_string());
                return whiteout::remove(&above, name);
            }
        }
        lower.is_upper(identity(&above, name)?);
        Ok(())
    }

    /// Gives directories their modes, the deepest first, while the ones above them can still be entered.
    fn finish(&mut self) -> io::Result<()> {
        for (path, (mode, uid, gid)) in std::mem::take(&mut self.directories).into_iter().rev() {
            // A higher layer may have removed it, or put something else there.
            if let Ok(directory) = self.place.directory(&path) {
                self.own(&directory, (mode | READABLE, uid, gid))?;
            }
        }
        Ok(())
    }

    /// Gives what was opened its owner and its mode: explicitly, so that umask has no say, and in this order.
    fn own(&self, file: impl std::os::fd::AsFd, (mode, uid, gid): (u32, u64, u64)) -> io::Result<()> {
        if self.owners {
            let id = |id: u64| u32::try_from(id).ok().filter(|id| *id != u32::MAX);
            let (uid, gid) = id(uid).zip(id(gid)).ok_or_else(|| io::Error::other("its owner is not a user"))?;
            fchown(&file, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))?;
        }
        Ok(fchmod(&file, Mode::from_raw_mode(mode & KEPT))?)
    }
}
