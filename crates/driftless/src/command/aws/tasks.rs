//! What changes the number of tasks of the release that serves.

use std::{collections::BTreeMap, process::ExitCode};

use cloud::{
    Site,
    deploy::Deployment,
    record::{Kind, Record},
};
use model::{scale::is_paused, stack::Environment};

use super::consent::Consent;

/// The environment of `site`, as the release that serves has it.
pub(super) fn environment<'a>(site: &Site, live: &'a Record) -> anyhow::Result<&'a Environment> {
    live.release.stack.environment(&site.environment)
}

/// An error where `live` is a pause, so that no task would show how a change works out.
pub(super) fn refuse_paused(site: &Site, live: &Record) -> anyhow::Result<()> {
    hint::ensure!(
        !is_paused(environment(site, live)?, &live.variables.tasks),
        "`{}` is paused: no task would run the release",
        site.environment,
        hint = "`driftless resume -e {}` first",
        site.environment
    );
    Ok(())
}

/// Deploys what serves again, with these numbers of tasks.
pub(super) async fn change(
    site: &Site,
    live: Record,
    tasks: BTreeMap<String, u32>,
    kind: Kind,
    consent: &Consent,
) -> anyhow::Result<ExitCode> {
    let mut variables = live.variables.clone();
    variables.tasks = tasks;
    consent.deploy(site, Deployment::again(site, kind, live, variables).await?).await
}
