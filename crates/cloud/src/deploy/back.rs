//! Going back after a rollout that failed: Terraform, after ECS.

use hint::ErrorReport;

use super::{
    Ending, Interrupted, Options,
    run::{plan, refresh_state},
    watch,
};
use crate::{Outcome, Release, Site, record::Record, terraform::Summary};

/// After ECS has gone back by itself: brings Terraform's state back to what runs, `live`. What goes wrong here is left to a
/// person: the failure itself is recorded.
pub(super) async fn go(
    site: &Site,
    ending: Ending,
    live: Option<Record>,
    applied: &Summary,
    options: &Options,
) -> anyhow::Result<Ending> {
    let name = &site.environment;
    let Some(live) = live else {
        let left = ErrorReport {
            error: "there is no release to go back to".to_owned(),
            hint: Some(format!("repair it, then `driftless deploy -e {name}`")),
        };
        return Ok(Ending { outcome: Outcome::Failed, left: Some(left), ..ending });
    };
    let by_hand = |why: &str| {
        let number = live.number;
        let left = ErrorReport {
            error: why.to_owned(),
            hint: Some(format!("`driftless rollback {number} -e {name}`, and look at its plan")),
        };
        Ending { outcome: Outcome::Failed, left: Some(left), ..ending.clone() }
    };
    match apply_again(site, &live, applied, options).await {
        Ok(Some(why)) => Ok(by_hand(&why)),
        Ok(None) => Ok(Ending { serving: Some(live.number), ..ending }),
        Err(error) if error.is::<Interrupted>() => Err(error),
        Err(error) => Ok(by_hand(&format!("going back to release {}: {}", live.number, ErrorReport::of(&error).error))),
    }
}

/// Applies what `live` recorded, its own services and all, after `applied`, which failed. Returns what a person has to look
/// at, if anything: nobody is asked here, and a record could want what no release had.
async fn apply_again(
    site: &Site,
    live: &Record,
    applied: &Summary,
    options: &Options,
) -> anyhow::Result<Option<String>> {
    site.progress.note(&format!("bringing Terraform back to release {}, which ECS went back to", live.number));
    let release = Release::of_record(site, live).await?;
    let environment = release.environment(site)?;
    let (root, plan) = plan(site, &release, &live.variables).await?;
    plan.summary.text().lines().for_each(|line| site.progress.note(line));
    if plan.summary.data_loss().next().is_some() {
        return Ok(Some("going back would lose data".to_owned()));
    }
    let beyond = plan.summary.beyond(applied);
    if !beyond.is_empty() {
        let more = beyond.join("`, `");
        return Ok(Some(format!("going back would make or change what the release left alone, `{more}`")));
    }
    root.apply(&plan, &*site.progress).await?;
    let watched = watch::watch(site, &release, environment, &live.variables, None, options.timeout);
    let (watched, ()) = tokio::join!(watched, refresh_state(site, &root));
    let is_unstable = || "the release before does not become stable either".to_owned();
    Ok((!watched?.outcome.serves()).then(is_unstable))
}
