//! What a process is allowed to do, and giving that up.

use std::{fs, os::fd::BorrowedFd};

use anyhow::{Context, ensure};
use rustix::{
    io::{Errno, FdFlags, fcntl_setfd},
    process::{Signal, set_parent_process_death_signal},
    thread::{
        CapabilitySet, CapabilitySets, Gid, Uid, UnshareFlags, capabilities, clear_ambient_capability_set,
        configure_capability_in_ambient_set, remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
        set_thread_groups, set_thread_res_gid, set_thread_res_uid,
    },
};

use super::channel::Channel;

/// Leaves the namespaces named by `flags` for new ones.
pub(super) fn unshare(flags: UnshareFlags) -> Result<(), Errno> {
    debug_assert!(!flags.contains(UnshareFlags::FILES));
    // SAFETY: only `FILES` is dangerous: it parts the descriptors of threads. It is not among `flags`, and this process
    // has one thread.
    #[allow(unsafe_code)]
    unsafe {
        rustix::thread::unshare_unsafe(flags)
    }
}

/// Has the kernel kill this process when its parent ends. `parent` is the conversation with that parent.
pub(super) fn die_with_parent(parent: &Channel) -> anyhow::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL)).context("binding the task to its engine")?;
    // It may have ended before.
    ensure!(!parent.is_closed()?, "the engine has exited");
    Ok(())
}

/// Leaves the keyring of the user's session, in which other programs keep tickets and keys, for an empty one.
pub(super) fn leave_keyring() -> Result<(), Errno> {
    const JOIN_SESSION_KEYRING: libc::c_int = 1;
    // SAFETY: the call takes a number and a name, for which null stands; it reads and writes no memory of ours.
    #[allow(unsafe_code)]
    let keyring = unsafe { libc::syscall(libc::SYS_keyctl, JOIN_SESSION_KEYRING, std::ptr::null::<libc::c_char>()) };
    if keyring >= 0 {
        return Ok(());
    }
    match Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::NOSYS) {
        // There are none here; or a container's rules keep them from us, and from the service as well.
        Errno::NOSYS | Errno::PERM | Errno::ACCESS => Ok(()),
        error => Err(error),
    }
}

/// Has every descriptor but 0, 1 and 2 closed when this process becomes another program.
pub(super) fn close_descriptors() -> anyhow::Result<()> {
    for entry in fs::read_dir("/proc/self/fd")? {
        let Some(fd) = entry?.file_name().to_str().and_then(|name| name.parse().ok()).filter(|fd| *fd > 2) else {
            continue;
        };
        // SAFETY: the descriptor is borrowed for one call that only sets a flag. It was open a moment ago; should it
        // be the closed one of the directory being read, the call says so and nothing happens.
        #[allow(unsafe_code)]
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        match fcntl_setfd(fd, FdFlags::CLOEXEC) {
            Ok(()) | Err(Errno::BADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Lets the next program that this process starts have all of its capabilities, although its user is not root.
pub(super) fn keep_over_exec() -> Result<(), Errno> {
    let mut sets = capabilities(None)?;
    sets.inheritable = sets.permitted;
    set_capabilities(None, sets)?;
    each(sets.permitted, |capability| configure_capability_in_ambient_set(capability, true))
}

/// Gives up every capability, for good, and becomes the user and group `ids` if they are given.
pub(super) fn drop_all(ids: Option<(u32, u32)>) -> anyhow::Result<()> {
    let none = CapabilitySet::empty();
    clear_ambient_capability_set().context("dropping ambient capabilities")?;
    let all = CapabilitySet::from_bits_retain((1 << (last_capability()? + 1)) - 1);
    each(all, remove_capability_from_bounding_set).context("dropping the capability bounding set")?;
    if let Some((uid, gid)) = ids {
        // The kernel takes the highest number for "as it is", which is root.
        ensure!([uid, gid].iter().all(|id| ![0, u32::MAX].contains(id)), "`{uid}:{gid}` is not an unprivileged user");
        let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
        set_thread_groups(&[]).context("dropping groups")?;
        set_thread_res_gid(gid, gid, gid).context("changing the group")?;
        set_thread_res_uid(uid, uid, uid).context("changing the user")?;
    }
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
        .context("dropping capabilities")?;
    set_no_new_privs(true).context("forbidding new privileges")
}

fn last_capability() -> anyhow::Result<u32> {
    let path = "/proc/sys/kernel/cap_last_cap";
    let text = fs::read_to_string(path).with_context(|| format!("reading `{path}`"))?;
    text.trim().parse().with_context(|| format!("reading `{path}`"))
}

fn each(set: CapabilitySet, mut act: impl FnMut(CapabilitySet) -> Result<(), Errno>) -> Result<(), Errno> {
    let bits = (0..64).map(|bit| CapabilitySet::from_bits_retain(1 << bit));
    bits.filter(|capability| set.contains(*capability)).try_for_each(&mut act)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of this thread's session keyring.
    fn keyring() -> libc::c_long {
        const GET_KEYRING_ID: libc::c_int = 0;
        const SESSION_KEYRING: libc::c_int = -3;
        // SAFETY: the call takes numbers alone.
        #[allow(unsafe_code)]
        unsafe {
            libc::syscall(libc::SYS_keyctl, GET_KEYRING_ID, SESSION_KEYRING, 0)
        }
    }

    #[test]
    fn the_keyring_of_the_session_is_left() {
        let before = keyring();
        if before < 0 {
            testing::left_out("there are no keyrings here");
            return;
        }
        leave_keyring().unwrap();
        assert!(keyring() > 0 && keyring() != before);
    }
}
