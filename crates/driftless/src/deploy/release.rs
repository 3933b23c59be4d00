//! A release, from preflight to record. Each step can be repeated: run again after any interruption, it goes on from
//! where the last run came to.

use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;
use oci::Digest;

use super::{
    Candidate, Level, Source, Target, boundary,
    doctor::{self, examine},
    images,
    lock::lock,
    watch::{self, Verdict},
};
use crate::{
    cost,
    hint::Told,
    record::{Draft, Outcome, Record},
    terraform::{Configuration, Fault, Goal, Root, SavedPlan, Summary},
};

/// What a release may take and do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Time for the services to become stable.
    pub timeout: Duration,
}

/// How a release ended.
#[derive(Clone, Debug)]
pub enum Ended {
    /// It is seen serving.
    Live {
        /// The record of it.
        record: Record,
        /// False if it was live before.
        changed: bool,
        /// Where people find it, if there is a way in.
        url: Option<String>,
    },
    /// The user said no to the plan.
    Declined,
    /// It failed. The release before it is seen serving.
    RolledBack {
        /// The record of the failure.
        record: Record,
        /// The number of the release that serves.
        serving: u32,
    },
    /// It failed, and what serves now is not known.
    Failed {
        /// The record of the failure.
        record: Record,
        /// What is to be done, and by whom.
        left: String,
    },
}

/// Asks whether a plan may be applied.
pub type Decide<'a> = &'a (dyn Fn(&Summary) -> anyhow::Result<bool> + Sync);

/// Takes `candidate` to the environment.
pub async fn release(
    target: &Target,
    candidate: Candidate,
    options: &Options,
    decide: Decide<'_>,
) -> anyhow::Result<Ended> {
    prepare(target, &candidate).await?;
    let (root, saved) = planned(target, &candidate).await?;
    boundary::after("plan");
    finish(target, root, &saved, candidate, options, decide).await
}

/// The rest of it, from the plan on.
pub(super) async fn finish(
    target: &Target,
    root: Root,
    saved: &SavedPlan,
    candidate: Candidate,
    options: &Options,
    decide: Decide<'_>,
) -> anyhow::Result<Ended> {
    let live = target.records().live(None).await?;
    let draft = draft(target, candidate)?;
    let configuration = Digest::of(draft.configurations.get(&target.name).context("the release has no root")?);
    if !saved.is_empty() {
        if !decide(&saved.summary)? {
            return Ok(Ended::Declined);
        }
        root.apply(saved, &*target.progress).await?;
        boundary::after("apply");
    }
    let url = address(target, &root).await?;
    let known = live
        .clone()
        .filter(|live| saved.is_empty() && live.is_same_release(&draft.release, &draft.variables, configuration));
    let settled = async {
        if known.is_none() {
            settle(target, &root).await;
        }
    };
    let (verdict, ()) = tokio::join!(watch::watch(target, &draft, options.timeout), settled);
    let verdict = verdict?;
    boundary::after("watch");
    match verdict {
        Verdict::Live => {
            let (record, changed) = match known {
                Some(record) => (record, false),
                None => (target.records().add(draft, Outcome::Live, Timestamp::now()).await?, true),
            };
            boundary::after("record");
            Ok(Ended::Live { record, changed, url })
        }
        Verdict::RolledBack => {
            let record = target.records().add(draft, Outcome::RolledBack, Timestamp::now()).await?;
            drop(root);
            restore(target, record, live, options).await
        }
        Verdict::Failed { left } => {
            let record = target.records().add(draft, Outcome::Failed, Timestamp::now()).await?;
            Ok(Ended::Failed { record, left })
        }
    }
}

/// Without this, `drift` would take for somebody else's what this release did.
async fn settle(target: &Target, root: &Root) {
    if let Err(error) = root.settle().await {
        target.progress.note(&format!(
            "the state is a little behind, and `driftless drift` may say so: {}",
            Told::of(&error).says
        ));
    }
}

/// The environment's domain, or the load balancer's own name.
async fn address(target: &Target, root: &Root) -> anyhow::Result<Option<String>> {
    if let Some(url) = &target.environment().url {
        return Ok(Some(url.clone()));
    }
    let outputs = root.outputs().await?;
    Ok(outputs.get("application_url").and_then(|url| url.as_str()).map(str::to_owned))
}

/// What comes before a plan, or before applying one.
pub(super) async fn prepare(target: &Target, candidate: &Candidate) -> anyhow::Result<()> {
    preflight(target, candidate).await?;
    boundary::after("preflight");
    images::push(target, &candidate.source).await?;
    boundary::after("push");
    Ok(())
}

/// Refuses what cannot succeed, before anything is changed.
async fn preflight(target: &Target, candidate: &Candidate) -> anyhow::Result<()> {
    let step = target.progress.step("checking the account");
    if let Some(lock) = lock(&target.bucket, &target.name).await? {
        return Err(Fault::Locked { root: lock.root, owner: lock.owner }.into());
    }
    let configuration = Configuration::read(&candidate.source.root(&target.name));
    let mut diagnosis = Box::pin(examine(target, configuration)).await;
    diagnosis.findings.extend(doctor::platforms(target, &candidate.source.release));
    let text = diagnosis.text(false);
    if diagnosis.level() == Level::Error {
        anyhow::bail!(
            "nothing was changed: the account is not ready\n{}\nhint: do what the hints above say, then the same command again",
            text.trim_end()
        );
    }
    step.done("");
    text.lines().for_each(|line| target.progress.note(line));
    Ok(())
}

/// The environment's root, with the configuration of `source`.
pub(super) async fn open(target: &Target, source: &Source) -> anyhow::Result<Root> {
    let terraform = target.terraform().await?;
    Root::open(&terraform, &target.backend(), &target.name, &source.root(&target.name), &*target.progress).await
}

/// Plans `candidate`, with what it costs.
pub async fn planned(target: &Target, candidate: &Candidate) -> anyhow::Result<(Root, SavedPlan)> {
    let root = open(target, &candidate.source).await?;
    let mut saved = root.plan(&Goal::Everything, Some(&candidate.variables), &*target.progress).await?;
    saved.summary.monthly_cost_difference = price(target, candidate).await;
    Ok((root, saved))
}

/// What a month costs more than now. A price that cannot be told is left out, not an error.
async fn price(target: &Target, candidate: &Candidate) -> Option<f64> {
    let records = target.records();
    let before = match records.live(None).await.ok()? {
        Some(live) => {
            let root = cost::Root::parse(&records.configuration(&live, &target.name).await.ok()?).ok()?;
            Some(root.with_tasks(&live.variables.tasks))
        }
        None => None,
    };
    let after = candidate.source.configurations().ok()?;
    let after = cost::Root::parse(after.get(&target.name)?).ok()?.with_tasks(&candidate.variables.tasks);
    let (prices, usage) = (cost::Prices::built_in(), cost::Usage::default());
    Some(cost::difference(before.as_ref(), Some(&after), prices, &usage).monthly())
}

pub(super) fn draft(target: &Target, candidate: Candidate) -> anyhow::Result<Draft> {
    let configurations = candidate.source.configurations()?;
    Ok(Draft {
        by: target.caller.arn.clone(),
        kind: candidate.kind,
        revision: candidate.source.revision.clone(),
        release: candidate.source.release,
        variables: candidate.variables,
        configurations,
    })
}

/// After ECS has gone back by itself: brings Terraform's state back to what runs.
async fn restore(target: &Target, record: Record, live: Option<Record>, options: &Options) -> anyhow::Result<Ended> {
    let by_hand = |why: &str| {
        let name = &target.name;
        Ok(Ended::Failed {
            record: record.clone(),
            left: format!("{why}\nhint: `driftless rollback -e {name}`, and look at its plan"),
        })
    };
    let Some(live) = live else { return by_hand("there is no release to go back to") };
    target.progress.note(&format!("bringing Terraform back to release {}, which ECS went back to", live.number));
    let source = Source::of_record(&target.records(), &live).await?;
    let root = open(target, &source).await?;
    let saved = root.plan(&Goal::Everything, Some(&live.variables), &*target.progress).await?;
    saved.summary.text().lines().for_each(|line| target.progress.note(line));
    if saved.summary.data_loss().next().is_some() {
        return by_hand("going back would lose data");
    }
    root.apply(&saved, &*target.progress).await?;
    let candidate = Candidate { kind: live.kind.clone(), source, variables: live.variables.clone() };
    let draft = draft(target, candidate)?;
    let (verdict, ()) = tokio::join!(watch::watch(target, &draft, options.timeout), settle(target, &root));
    match verdict? {
        Verdict::Live => Ok(Ended::RolledBack { record, serving: live.number }),
        _ => by_hand("the release before does not become stable either"),
    }
}
