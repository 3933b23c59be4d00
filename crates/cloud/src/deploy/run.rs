//! A deployment, from preflight to record. Each step can be repeated: run again after any interruption, it goes on from
//! where the last run came to.

use std::{path::Path, pin::pin, time::Duration};

use anyhow::Context;
use futures_util::future::{Either, select};
use hint::ErrorReport;
use model::stack::{Environment, Stack};
use oci::Digest;
use registry::{Events, signing::Builder};

use super::{
    Deployment, Ending, Interrupted, Level, Unfinished, back, delegation,
    doctor::{Finding, examine},
    images,
    lock::Lock,
    price, retain, watch,
};
use crate::{
    Outcome, Release, Scheduled, Site, hooks,
    record::{Draft, Record},
    signatures::Policy,
    terraform::{self, Configuration, Fault, Goal, Plan, Root, SavedPlan, Summary, Tools, Variables},
};

/// What a deployment may take, and where its transfers are shown.
#[derive(Clone)]
pub struct Options {
    /// Time for the services to become stable.
    pub timeout: Duration,
    /// What is told of the images that are pushed.
    pub events: Events,
    /// Who says what they were built from.
    pub builder: Builder,
}

/// Asks whether a plan may be applied.
pub type Decide<'a> = &'a (dyn Fn(&Summary) -> anyhow::Result<bool> + Sync);

impl Deployment {
    /// Takes it to `site`, and sees it serve.
    pub async fn run(self, site: &Site, options: &Options, decide: Decide<'_>) -> anyhow::Result<Ending> {
        self.prepare(site, options).await?;
        let (root, plan) = self.plan(site).await?;
        hooks::after("plan");
        self.finish(site, root, &plan, options, decide, "the same command again records it").await
    }

    /// Plans it, with what it costs.
    pub async fn plan(&self, site: &Site) -> anyhow::Result<(Root, SavedPlan)> {
        let (root, mut plan) = plan(site, &self.release, &self.variables).await?;
        plan.summary.monthly_cost_difference = self.price(site, &plan.plan).await;
        if self.live.is_none() {
            plan.summary.of_nothing_that_serves();
        }
        Ok((root, plan))
    }

    /// What comes before a plan, or before applying one.
    pub(super) async fn prepare(&self, site: &Site, options: &Options) -> anyhow::Result<()> {
        let environment = self.release.environment(site)?;
        preflight(site, &self.release, environment).await?;
        hooks::after("preflight");
        let policy = Policy::after(site.signatures.clone(), self.live.as_ref());
        images::push(site, &self.release, environment, policy.as_ref(), options).await?;
        hooks::after("push");
        Ok(())
    }

    /// The rest of it, from the plan on. `again` says what makes the record, should this not come to it.
    pub(super) async fn finish(
        self,
        site: &Site,
        root: Root,
        plan: &SavedPlan,
        options: &Options,
        decide: Decide<'_>,
        again: &'static str,
    ) -> anyhow::Result<Ending> {
        let configurations = self.release.configurations()?;
        let configuration = Digest::of(configurations.get(&site.environment).context("the release has no root")?);
        if !plan.is_empty() {
            if !decide(&plan.summary)? {
                return Ok(Ending::declined());
            }
            apply(site, &root, plan).await?;
            hooks::after("apply");
        }
        let is_same = |live: &&Record| live.is_same_release(&self.release.document, &self.variables, configuration);
        let mut known = self.live.clone().filter(|live| plan.is_empty() && is_same(&live));
        // One that was made before there was a key, or whose run was ended, is recorded again.
        if let Some(live) = &known
            && site.is_signed(live).await? == Some(false)
        {
            known = None;
        }
        let is_known = known.is_some();
        let ended = Box::pin(self.follow(site, root, known, &plan.summary, options)).await;
        ended.map_err(|error| {
            let said = is_known || error.is::<Interrupted>();
            let unrecorded = || Unfinished::new(format!("the deployment continues, unrecorded; {again}"));
            if said { error } else { error.context(unrecorded()) }
        })
    }

    /// Watches what was applied, and records it. `known` is the record of it, if there is one.
    async fn follow(
        self,
        site: &Site,
        root: Root,
        known: Option<Record>,
        applied: &Summary,
        options: &Options,
    ) -> anyhow::Result<Ending> {
        let environment = self.release.environment(site)?;
        let url = address(environment, &root).await?;
        let refreshed = async {
            if known.is_none() {
                refresh_state(site, &root).await;
            }
        };
        let before = self.live.as_ref().and_then(|live| live.release.stack.environments.get(&site.environment));
        let watched = watch::watch(site, &self.release, environment, &self.variables, before, options.timeout);
        let watched = match select(pin!(watched), pin!(refreshed)).await {
            Either::Left((watched, refreshed)) => {
                site.progress.note(&format!("Terraform reads `{}` again", site.environment));
                refreshed.await;
                watched
            }
            Either::Right(((), watched)) => watched.await,
        };
        let watched = watched?;
        hooks::after("watch");
        if let (true, Some(record)) = (watched.outcome.serves(), known) {
            let url = url.filter(|_| watched.outcome == Outcome::Live);
            return Ok(Ending { url, ..Ending::of(Outcome::Unchanged, record) });
        }
        let live = self.live.clone();
        let draft = self.draft(site, root.tools())?;
        let record = site.record(draft, watched.outcome, live.as_ref()).await?;
        hooks::after("record");
        let ending = Ending::of(watched.outcome, record);
        match watched.outcome {
            Outcome::Live => Ok(Ending { url, ..ending }),
            Outcome::RolledBack => {
                drop(root);
                let ending = Ending { left: watched.left, ..ending };
                Ok(Box::pin(back::go(site, ending, live, applied, options)).await?)
            }
            _ => Ok(Ending { left: watched.left, ..ending }),
        }
    }

    fn draft(self, site: &Site, tools: Tools) -> anyhow::Result<Draft> {
        let configurations = self.release.configurations()?;
        Ok(Draft {
            by: site.caller.arn.clone(),
            kind: self.kind,
            revision: self.release.revision.clone(),
            release: self.release.document,
            variables: self.variables,
            planned_with: Some(tools),
            configurations,
        })
    }

    /// What a month costs more than now. A price that cannot be told is left out, not an error.
    async fn price(&self, site: &Site, plan: &Plan) -> Option<f64> {
        let after = self.release.configurations().ok()?;
        let after = cost::Root::parse(after.get(&site.environment)?).ok()?.with_tasks(&self.variables.tasks);
        price::difference(site, plan, after.clone(), Some(&after)).await
    }
}

/// The environment's root, with the configuration of `release`.
pub async fn open(site: &Site, release: &Release) -> anyhow::Result<Root> {
    let terraform = site.terraform().await?;
    let from = release.root(&site.environment);
    let scheduled = Scheduled::read(&site.account, release.environment(site)?).await?;
    let mut root = Root::open(&terraform, &site.backend(), &site.environment, &from, &*site.progress).await?;
    root.heed(scheduled);
    Ok(root)
}

pub(super) async fn plan(site: &Site, release: &Release, variables: &Variables) -> anyhow::Result<(Root, SavedPlan)> {
    let root = open(site, release).await?;
    let configuration = Configuration::read(&release.root(&site.environment))?;
    root.retain(&retain::retained(site, &configuration).await?)?;
    written_before(site, &root).await?;
    let plan = root.plan(&Goal::Everything, Some(variables), &*site.progress).await?;
    Ok((root, plan))
}

/// An error where what wrote the state of `root` is newer than what is to plan it; says what could explain another.
pub(super) async fn written_before(site: &Site, root: &Root) -> anyhow::Result<()> {
    let last = site.records().last(1).await?.pop().filter(|record| record.outcome != Outcome::Destroyed);
    if let Some(before) = last.and_then(|record| record.planned_with) {
        root.tools().after(&before)?.iter().for_each(|note| site.progress.note(note));
    }
    Ok(())
}

async fn apply(site: &Site, root: &Root, plan: &SavedPlan) -> anyhow::Result<()> {
    let says = "a part of the plan was applied; run the same command again to continue";
    let applied = tokio::select! {
        applied = root.apply(plan, &*site.progress) => applied,
        never = delegation::print(site, plan) => match never {},
    };
    applied.map(drop).map_err(|error| Unfinished::of_apply(error, says))
}

/// Without this, `drift` would take for somebody else's what this deployment did.
pub(super) async fn refresh_state(site: &Site, root: &Root) {
    if let Err(error) = root.refresh().await {
        site.progress.note(&format!(
            "the state is a little behind, and `driftless drift` may say so: {}",
            ErrorReport::of(&error).error
        ));
    }
}

/// The environment's domain, or the load balancer's own name.
async fn address(environment: &Environment, root: &Root) -> anyhow::Result<Option<String>> {
    if let Some(url) = &environment.url {
        return Ok(Some(url.clone()));
    }
    let outputs = root.outputs().await?;
    Ok(outputs.get("application_url").and_then(|url| url.as_str()).map(str::to_owned))
}

/// Refuses what cannot succeed, before anything is changed.
async fn preflight(site: &Site, release: &Release, environment: &Environment) -> anyhow::Result<()> {
    let platforms = release.check_platforms(environment).err().map(|error| Finding::failed("images", &error));
    let warnings = check(site, release.stack(), &release.root(&site.environment), platforms).await?;
    warnings.lines().for_each(|line| site.progress.note(line));
    Ok(())
}

/// Refuses what cannot succeed with any images of `stack`, before time is spent on building them. `root` has the
/// configuration of the environment's root.
pub async fn precheck(site: &Site, stack: &Stack, root: &Path) -> anyhow::Result<()> {
    site.admits(stack.environment(&site.environment)?)?;
    check(site, stack, root, None).await.map(drop)
}

/// An error if `more`, or what is found at `site`, would end a deployment; else the warnings.
async fn check(site: &Site, stack: &Stack, root: &Path, more: Option<Finding>) -> anyhow::Result<String> {
    terraform::settled(&site.backend(), &site.environment, &*site.progress).await?;
    let step = site.progress.step("checking the account");
    let mut diagnosis = Box::pin(examine(site, stack, Configuration::read(root))).await;
    if let Some(Lock { root, owner }) = diagnosis.lock {
        return Err(Fault::locked(root, owner).into());
    }
    diagnosis.findings.extend(more);
    let text = diagnosis.text(false);
    if diagnosis.level() == Level::Error {
        hint::bail!(
            "nothing was changed: the account is not ready\n{}",
            text.trim_end(),
            hint = "do what the hints above say, then the same command again"
        );
    }
    step.done("");
    Ok(text)
}
