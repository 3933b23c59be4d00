//! Commands that take a bundle to an environment.

use std::path::PathBuf;

use super::{Consent, Where, exit_codes};

/// Show what a release would change
///
/// Plans the environment's Terraform root with the bundle's images and shows it: what is risky first, the images by
/// digest, the difference in monthly cost. Takes no lock and changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless plan --env prod
  driftless plan --env prod --out plan && driftless apply plan    what was shown, nothing else
  driftless plan --env prod --json | jq '.resources[] | select(.risk)'

Exit codes: 0 planned; 1 it could not be; with --detailed-exitcode 2 if there are changes.")]
pub(in crate::command) struct Plan {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// The commit that the bundle was built from, for the record [default: what is checked out here]
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pub(in crate::command::cloud) revision: Option<String>,

    /// Keep the plan in this directory, for `driftless apply`. It may hold secrets: it is made for this user alone
    #[arg(long, value_name = "DIR")]
    pub(in crate::command::cloud) out: Option<PathBuf>,

    /// Exit with 2 if there are changes
    #[arg(long)]
    pub(in crate::command::cloud) detailed_exitcode: bool,

    /// Print the summary as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}

/// Apply a plan that `driftless plan --out` kept
///
/// Exactly that plan: if the environment was changed since, nothing is done. The images are those of the bundle that is
/// named, or are in the registry already. Then watches the release and records it, as `deploy` does.
///
/// Control-C once finishes what is under way and gives the lock back; twice ends it hard.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless plan --env prod --bundle result --out plan
  driftless apply plan --bundle result             pushes its images first", exit_codes!()))]
pub(in crate::command) struct Apply {
    /// The directory that `plan --out` made
    #[arg(value_name = "DIR")]
    pub(in crate::command::cloud) plan: PathBuf,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// Take a release to an environment, and see it serve
///
/// Checks the account, pushes the images that are missing, plans, asks, applies, watches every service until the new
/// images serve, and records the release. If nothing changed, says so within seconds. Safe to run again after any
/// interruption: it goes on from there.
///
/// Control-C once finishes what is under way and gives the lock back; twice ends it hard.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless deploy --env dev                       build, then deploy
  driftless deploy --env prod --bundle result      a bundle that was built elsewhere
  driftless deploy --env prod --yes --json         in a script", exit_codes!()))]
pub(in crate::command) struct Deploy {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// The commit that the bundle was built from, for the record [default: what is checked out here]
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pub(in crate::command::cloud) revision: Option<String>,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// A whole object name, as Nix wants it to build the commit again.
fn commit(text: &str) -> Result<String, String> {
    let is_name = [40, 64].contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_name { Ok(text.to_owned()) } else { Err("not the 40 or 64 digits that `git rev-parse` prints".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_named_in_full() {
        let name = "d4bc416a1b2c3d4e5f60718293a4b5c6d7e8f901";
        assert_eq!(commit(name).as_deref(), Ok(name));
        for text in ["d4bc416", "main", "D4BC416A1B2C3D4E5F60718293A4B5C6D7E8F901", ""] {
            assert!(commit(text).is_err(), "{text}");
        }
    }
}
