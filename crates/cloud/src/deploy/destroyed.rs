//! What is left of an environment that was destroyed: a record of that, and logs.

use std::collections::BTreeSet;

use model::stack::Environment;

use crate::{
    Outcome, Release, Site,
    aws::logs::Logs,
    record::{Draft, Kind, Record},
};

/// Records that the environment of `site` was destroyed, whose last record was `last`, of `release`.
pub async fn record_destroyed(site: &Site, last: Record, release: &Release) -> anyhow::Result<Record> {
    let draft = Draft {
        by: site.caller.arn.clone(),
        kind: Kind::Destroy,
        revision: last.revision.clone(),
        release: last.release.clone(),
        variables: last.variables.clone(),
        planned_with: last.planned_with.clone(),
        configurations: release.configurations()?,
    };
    site.record(draft, Outcome::Destroyed, Some(&last)).await
}

/// The log groups beside those of the services of `environment`: logs of services that it had once outlive them. None where
/// the caller may not look.
pub async fn logs_left(site: &Site, environment: &Environment) -> Vec<String> {
    let groups = environment.services.values().map(|service| service.log_group.as_str());
    let parents: BTreeSet<_> = groups.filter_map(|group| Some(group.rsplit_once('/')?.0)).collect();
    let (logs, mut left) = (Logs::new(&site.account), Vec::new());
    for parent in parents {
        left.extend(logs.groups(&format!("{parent}/")).await.unwrap_or_default());
    }
    left
}
