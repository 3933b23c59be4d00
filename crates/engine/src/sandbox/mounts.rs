//! The files that a task sees.

use std::{
    ffi::CString,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use anyhow::Context;
use rustix::{
    fs::{StatVfsMountFlags, statvfs},
    mount::{MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_change, mount_remount, unmount},
    process::{chdir, pivot_root},
};

use super::{Spec, TMP_BYTES};

/// The devices of a task: those that a program without terminal needs.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
/// Files of the host that a task sees as they are, as on ECS.
const HOST_FILES: [&str; 2] = ["etc/resolv.conf", HOSTS];
const HOSTS: &str = "etc/hosts";

/// Settings of the kernel, which without privileges are still root's to change. As other runtimes have it.
const READ_ONLY: [&str; 5] = ["proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"];
/// What tells about the machine, and is not the task's business.
const MASKED: [&str; 8] = [
    "proc/acpi",
    "proc/kcore",
    "proc/keys",
    "proc/key-users",
    "proc/latency_stats",
    "proc/sched_debug",
    "proc/scsi",
    "proc/timer_list",
];

/// Makes the root of `spec` the root of this process, with its own `/proc`, `/dev` and `/tmp`, memory of so many bytes at each of
/// what is writable, and its data as the only place that is kept. The process must have mount and process namespaces of its own.
/// What is missing of the mount points is made; none may be below a link, or be one.
pub(super) fn enter(spec: &Spec) -> anyhow::Result<()> {
    let Spec { root, data, writable, hosts, .. } = spec;
    // Nothing mounted here may be seen outside.
    mount_change("/", MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC)
        .context("setting the mounts apart")?;
    bind(root, root)?;
    // The directory's mount, not the directory under it.
    chdir(root).with_context(|| format!("entering `{}`", root.display()))?;
    mount_new("proc", Path::new("proc"), MountFlags::NOEXEC, "")?;
    hide_the_machine()?;
    devices().context("making `/dev`")?;
    mount_new("tmpfs", Path::new("tmp"), MountFlags::empty(), &format!("mode=1777,size={TMP_BYTES}"))?;
    for file in HOST_FILES {
        // A link, as systemd-resolved makes, is followed while the host's files can be seen.
        let given = hosts.clone().filter(|_| file == HOSTS);
        let source = given.unwrap_or_else(|| Path::new("/").join(file));
        let Ok(source) = source.canonicalize() else { continue };
        make_file(Path::new(file))?;
        bind(&source, Path::new(file))?;
        protect(Path::new(file), MountFlags::RDONLY)?;
    }
    for (path, bytes) in writable {
        let target = PathBuf::from(path.trim_start_matches('/'));
        mount_new("tmpfs", &target, MountFlags::empty(), &format!("mode=1777,size={bytes}"))?;
    }
    if let Some(data) = data {
        let target = PathBuf::from(data.inside.trim_start_matches('/'));
        make_directory(&target)?;
        bind(&data.host, &target)?;
        protect(&target, MountFlags::empty())?;
    }
    protect(Path::new("."), MountFlags::RDONLY)?;
    // The old root ends up on top of the new one and is taken away: pivot_root(2), "pivot_root(".", ".")".
    pivot_root(".", ".").context("changing the root")?;
    unmount(".", UnmountFlags::DETACH).context("leaving the old root")?;
    chdir("/").context("entering the new root")
}

/// Has `/proc` tell of the task alone.
fn hide_the_machine() -> anyhow::Result<()> {
    // What this kernel does not have needs no hiding.
    for path in READ_ONLY.map(Path::new).into_iter().filter(|path| path.exists()) {
        bind(path, path)?;
        protect(path, MountFlags::RDONLY | MountFlags::NOEXEC)?;
    }
    for path in MASKED.map(Path::new).into_iter().filter(|path| path.exists()) {
        if path.is_dir() {
            mount_new("tmpfs", path, MountFlags::RDONLY | MountFlags::NOEXEC, "mode=755,size=0")?;
        } else {
            bind(Path::new("/dev/null"), path)?;
        }
    }
    Ok(())
}

fn devices() -> anyhow::Result<()> {
    mount_new("tmpfs", Path::new("dev"), MountFlags::NOEXEC, "mode=755,size=65536")?;
    for device in DEVICES {
        let target = Path::new("dev").join(device);
        make_file(&target)?;
        bind(&Path::new("/dev").join(device), &target)?;
    }
    remount(Path::new("dev"), MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NOEXEC)
}

fn mount_new(kind: &str, target: &Path, flags: MountFlags, options: &str) -> anyhow::Result<()> {
    let options = CString::new(options)?;
    make_directory(target)?;
    mount(kind, target, kind, MountFlags::NOSUID | MountFlags::NODEV | flags, options.as_c_str())
        .with_context(|| format!("mounting `/{}`", target.display()))
}

fn bind(source: &Path, target: &Path) -> anyhow::Result<()> {
    mount_bind(source, target).with_context(|| format!("mounting `{}` at `{}`", source.display(), target.display()))
}

/// Restricts the bind mount at `target` further, keeping what restricts it already.
fn protect(target: &Path, flags: MountFlags) -> anyhow::Result<()> {
    let mut flags = flags | MountFlags::NOSUID | MountFlags::NODEV;
    // Restrictions that come from outside of a user namespace are locked, and must be repeated: mount_namespaces(7).
    let present = statvfs(target).map_err(io::Error::from)?.f_flag;
    if present.contains(StatVfsMountFlags::NOEXEC) {
        flags |= MountFlags::NOEXEC;
    }
    if present.contains(StatVfsMountFlags::RDONLY) {
        flags |= MountFlags::RDONLY;
    }
    remount(target, flags)
}

fn remount(target: &Path, flags: MountFlags) -> anyhow::Result<()> {
    mount_remount(target, MountFlags::BIND | flags, "").with_context(|| format!("protecting `/{}`", target.display()))
}

fn make_directory(path: &Path) -> anyhow::Result<()> {
    check_no_link(path)?;
    fs::create_dir_all(path).with_context(|| format!("making `/{}`", path.display()))
}

/// The root's links lead into the host as long as it is not ours: nothing is made or mounted where one is.
fn check_no_link(path: &Path) -> anyhow::Result<()> {
    for above in path.ancestors() {
        let link = fs::symlink_metadata(above).is_ok_and(|found| found.is_symlink());
        hint::ensure!(
            !link,
            "`/{}` is a link in the image, and something is to be mounted at `/{}`",
            above.display(),
            path.display(),
            hint = "name the directory that it leads to"
        );
    }
    Ok(())
}

fn make_file(path: &Path) -> anyhow::Result<()> {
    path.parent().map_or(Ok(()), make_directory)?;
    check_no_link(path)?;
    // Not `create`, which would empty a file of the image.
    match File::options().write(true).create_new(true).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("making `/{}`", path.display()))
        }
        _ => Ok(()),
    }
}
