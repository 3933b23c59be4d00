//! Commands that look at, and go back to, what was released.

use super::{Consent, Where, exit_codes};

/// List what was released
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless releases --env prod
  driftless releases --env prod --json | jq '.releases[0].release.images'")]
pub(in crate::command) struct Releases {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// How many, newest first
    #[arg(short, long, value_name = "N", default_value_t = 10)]
    pub(in crate::command::cloud) last: usize,

    /// Print whole records as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}

/// Release an earlier release again
///
/// Its images by the same digests and its configuration, with the secrets of today: an ordinary deployment, planned,
/// shown, watched and recorded.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless rollback --env prod            to the one before the one that serves
  driftless rollback 12 --env prod", exit_codes!()))]
pub(in crate::command) struct Rollback {
    /// Number of the release, as `driftless releases` lists it [default: the last live one before the one that serves]
    #[arg(value_name = "N")]
    pub(in crate::command::cloud) number: Option<u32>,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// Take what serves in one environment to another, by the same digests
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless promote dev prod", exit_codes!()))]
pub(in crate::command) struct Promote {
    /// The environment whose release it is
    #[arg(value_name = "FROM")]
    pub(in crate::command::cloud) from: String,

    /// The environment that gets it
    #[arg(value_name = "TO")]
    pub(in crate::command::cloud) to: String,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// Compare two releases: images and the files in them, environment, services, infrastructure
///
/// Of images that differ, what only one of them has is fetched from the account's registry, and compared file by file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless diff 12 13 --env prod
  driftless diff 12 13 --env prod --no-files       digests alone, within seconds
  driftless diff 12 13 --env prod --json | jq '.contents.backend.files[].path'")]
pub(in crate::command) struct Diff {
    /// Number of the one
    #[arg(value_name = "N")]
    pub(in crate::command::cloud) from: u32,

    /// Number of the other
    #[arg(value_name = "M")]
    pub(in crate::command::cloud) to: u32,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Compare the images by digest alone, and fetch nothing
    #[arg(long)]
    pub(in crate::command::cloud) no_files: bool,

    /// Print everything as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}
