//! The system calls that a task is refused, in addition to those that need a capability.
//!
//! Docker's default profile, which Fargate's tasks have as well, refuses these without a capability, `ptrace` apart.

use anyhow::Context;
use rustix::io::Errno;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// Other processes, the kernel's keyrings and programs, and the newer ways around what watches system calls.
const REFUSED: [libc::c_long; 30] = [
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_fanotify_init,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kcmp,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pivot_root,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_umount2,
    libc::SYS_userfaultfd,
];

/// Refuses them to this process and what it starts, for good. It must have one thread, and no new privileges.
pub(super) fn refuse() -> anyhow::Result<()> {
    let refused = |number: libc::c_long| (number, Vec::new());
    let mut rules: Vec<_> = REFUSED.into_iter().map(refused).collect();
    // Among namespaces, only those of users take no capability to make.
    rules.extend([(libc::SYS_unshare, with_user_namespace()?), (libc::SYS_clone, with_user_namespace()?)]);
    rules.push((libc::SYS_socket, to_the_hypervisor()?));
    apply(rules, Errno::PERM)?;
    // What it is asked for is in memory, which a filter does not see. Callers fall back to clone(2).
    apply(vec![refused(libc::SYS_clone3)], Errno::NOSYS)
}

/// Holds where the first argument, the flags, has the one for a user namespace.
fn with_user_namespace() -> anyhow::Result<Vec<SeccompRule>> {
    let flag = u64::try_from(libc::CLONE_NEWUSER)?;
    let flagged = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(flag), flag)?;
    Ok(vec![SeccompRule::new(vec![flagged])?])
}

/// Holds where the first argument, the family of a socket, is the one that leads from a virtual machine to what runs it.
fn to_the_hypervisor() -> anyhow::Result<Vec<SeccompRule>> {
    let family = u64::try_from(libc::AF_VSOCK)?;
    let vsock = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, family)?;
    Ok(vec![SeccompRule::new(vec![vsock])?])
}

fn apply(rules: Vec<(libc::c_long, Vec<SeccompRule>)>, error: Errno) -> anyhow::Result<()> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    let action = SeccompAction::Errno(error.raw_os_error().unsigned_abs());
    let rules =
        rules.into_iter().flat_map(|(number, rules)| numbers(number).map(move |number| (number, rules.clone())));
    let filter = SeccompFilter::new(rules.collect(), SeccompAction::Allow, action, architecture)?;
    let program = BpfProgram::try_from(filter)?;
    seccompiler::apply_filter(&program).context("refusing system calls")
}

/// Calls that the x32 ABI of x86-64 has under another number than its own bit and the usual one.
const OF_X32: [(libc::c_long, libc::c_long); 4] = [
    (libc::SYS_ptrace, 521),
    (libc::SYS_kexec_load, 528),
    (libc::SYS_process_vm_readv, 539),
    (libc::SYS_process_vm_writev, 540),
];

/// The numbers of a call: on x86-64 there are others, of the x32 ABI.
fn numbers(number: libc::c_long) -> impl Iterator<Item = i64> {
    let own = OF_X32.into_iter().filter(move |(usual, _)| *usual == number).map(|(_, own)| own);
    let x32 = std::iter::once(number).chain(own).map(|number| number | 0x4000_0000);
    std::iter::once(number).chain(x32.filter(|_| cfg!(target_arch = "x86_64")))
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_refused_by_all_of_its_numbers() {
        let of = |number| numbers(number).collect::<Vec<_>>();
        assert_eq!(of(libc::SYS_keyctl), [250, 0x4000_0000 + 250]);
        assert_eq!(of(libc::SYS_ptrace), [101, 0x4000_0000 + 101, 0x4000_0000 + 521]);
    }
}
