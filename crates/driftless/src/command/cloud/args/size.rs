//! Commands that change how many tasks run.

use super::{Consent, Where, exit_codes};
use crate::scale::Scale as To;

/// Run another number of tasks than infra.nix says
///
/// An ordinary deployment of the release that serves; later ones keep the number, until `default` ends that.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless scale frontend=3 --env prod
  driftless scale frontend=default --env prod", exit_codes!()))]
pub(in crate::command) struct Scale {
    /// A service and its number of tasks, or `default`
    #[arg(value_name = "SERVICE=N", required = true, value_parser = change)]
    pub(in crate::command::cloud) changes: Vec<(String, To)>,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// Stop all tasks; what is kept stays, and so does what it costs
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless pause --env dev", exit_codes!()))]
pub(in crate::command) struct Pause {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// Start the tasks that `pause` stopped
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless resume --env dev", exit_codes!()))]
pub(in crate::command) struct Resume {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

fn change(text: &str) -> Result<(String, To), String> {
    let (service, count) = text.split_once('=').ok_or("write it as SERVICE=N")?;
    Ok((service.to_owned(), count.parse().map_err(|error: anyhow::Error| error.to_string())?))
}
