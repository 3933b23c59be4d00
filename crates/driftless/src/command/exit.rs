//! Exit codes of the commands that act on an account. Documented in docs/json.md: scripts rely on them.

use std::process::ExitCode;

use crate::terraform::Fault;

/// With `--detailed-exitcode`: there are changes. Terraform says it so.
#[cfg(feature = "aws")]
pub(super) const CHANGES: u8 = 2;
/// The release failed, and the one before it serves again.
#[cfg(feature = "aws")]
pub(super) const ROLLED_BACK: u8 = 3;
/// It failed in a way that needs a person.
pub(super) const NEEDS_PERSON: u8 = 4;
/// Somebody else holds the lock.
pub(super) const LOCKED: u8 = 5;
/// What is there is not what should be.
#[cfg(feature = "aws")]
pub(super) const DIFFERS: u8 = 6;
/// Ended by Control-C, as shells say it.
pub(super) const INTERRUPTED: u8 = 130;

/// What a command that failed exits with: 1, nothing was changed, unless the error says more.
pub(super) fn of(error: &anyhow::Error) -> ExitCode {
    #[cfg(feature = "aws")]
    if error.downcast_ref::<crate::deploy::Unwatched>().is_some() {
        return INTERRUPTED.into();
    }
    let fault = error.chain().find_map(|cause| cause.downcast_ref::<Fault>());
    match fault {
        Some(Fault::Locked { .. }) => LOCKED.into(),
        Some(Fault::Interrupted { .. }) => INTERRUPTED.into(),
        Some(Fault::Failed { changed: 1.., .. }) => NEEDS_PERSON.into(),
        Some(Fault::Stale { .. } | Fault::Failed { .. }) | None => ExitCode::FAILURE,
    }
}
