//! Follows a release until it serves, or does not.

use std::{fmt, time::Duration};

use anyhow::Context;
use hint::{ErrorReport, Remedy};
use model::stack::{Deployed, Environment};
use oci::Image;

use super::{again, applied::Applied, delegation::delegate, scaled};
use crate::{
    Outcome, Release, Scheduled, Site,
    aws::ecs::Ecs,
    hooks,
    interrupt::{self, Handled},
    rollout::{
        self, Cause, Expected, InProgress, Limits, ServiceVerdict, Verdict, Watch, WatchEnd, asked_where_possible,
    },
    terraform::Variables,
};

/// A deployment was interrupted while ECS was at it, which it still is.
#[derive(Debug)]
pub struct Interrupted {
    environment: String,
    in_progress: Vec<InProgress>,
    remedy: Remedy,
    /// The program is about to end, in its own words.
    _handled: Handled,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment, in_progress, .. } = self;
        write!(f, "interrupted: the deployment to `{environment}` continues, unwatched and unrecorded")?;
        in_progress.iter().try_for_each(|one| write!(f, "\n  {one}"))
    }
}

impl std::error::Error for Interrupted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.remedy)
    }
}

/// What became of a release.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) outcome: Outcome,
    /// After a failure: what is left, and what to do.
    pub(super) left: Option<ErrorReport>,
}

/// Follows the services of `environment`, one of `release`, until each runs its image, or one cannot. `before` is that
/// environment as the release before had it.
pub(super) async fn watch(
    site: &Site,
    release: &Release,
    environment: &Environment,
    variables: &Variables,
    before: Option<&Environment>,
    timeout: Duration,
) -> anyhow::Result<Seen> {
    let applied = Applied::read(site).await?;
    if applied.scales() {
        scaled::set_counts(site, environment).await?;
    }
    let scheduled = Scheduled::read(&site.account, environment).await?;
    let mut expected = Vec::new();
    for service in release.services(environment) {
        let (name, deployed, image) = service?;
        let asleep = scheduled.is_asleep(name);
        expected.push(Expected { asleep, ..expect(site, variables, &applied, (name, deployed, image)).await? });
    }
    again::begin(site, &environment.cluster, &expected).await?;
    if !environment.can_be_asked() {
        site.progress.note("not asked from outside: only the load balancer's health checks say that it serves");
    }
    let watch = Watch {
        cluster: environment.cluster.clone(),
        url: environment.url.clone(),
        expected: asked_where_possible(environment, expected),
        limits: Limits::of(environment, timeout),
    };
    let show = rollout::watch::stderr(environment.services.keys().map(String::as_str));
    let handled = interrupt::handle();
    let interrupted = interrupt::control_c();
    let report = match rollout::watch(&site.account, &watch, hooks::clock(), show.as_ref(), interrupted).await? {
        WatchEnd::Verdicts(report) => report,
        WatchEnd::Interrupted(in_progress) => {
            let environment = site.environment.clone();
            let remedy =
                format!("the same command again follows and records it, `driftless abort -e {environment}` stops it");
            return Err(Interrupted { environment, in_progress, remedy: remedy.into(), _handled: handled }.into());
        }
    };
    let badness = |service: &&ServiceVerdict| (becomes(service, before).exit(), service.verdict.is_its_own());
    let worst = report.services.iter().rev().max_by_key(badness);
    Ok(match worst.map(|worst| (worst, becomes(worst, before))) {
        Some((worst, failed)) if !failed.serves() => {
            let left = ErrorReport {
                error: format!("`{}`: {}", worst.service, worst.verdict.words()),
                hint: hint(&worst.verdict, &applied),
            };
            Seen { outcome: failed, left: Some(left) }
        }
        Some((_, best)) if report.services.iter().all(|service| service.verdict.outcome() == Outcome::Paused) => {
            Seen { outcome: best, left: None }
        }
        _ => Seen { outcome: Outcome::Live, left: None },
    })
}

/// What to do about `verdict`. A domain that cannot be found is one that is not delegated, as far as its zone is ours.
fn hint(verdict: &Verdict, applied: &Applied) -> Option<String> {
    let zones: Vec<_> = applied.zones().iter().map(delegate).collect();
    match verdict {
        Verdict::Failed(Cause::NotAnswering(_)) if !zones.is_empty() => {
            Some(format!("{}, unless it does; {}", zones.join("; "), verdict.hint()?))
        }
        _ => verdict.hint(),
    }
}

/// What the verdict of a service makes of the release. Of one that the release before did not have, nothing is left to do once
/// it was stopped: going back removes it.
fn becomes(service: &ServiceVerdict, before: Option<&Environment>) -> Outcome {
    let is_new = before.is_some_and(|before| !before.services.contains_key(&service.service));
    match service.verdict {
        Verdict::FirstFailed(_) if is_new => Outcome::RolledBack,
        _ => service.verdict.outcome(),
    }
}

async fn expect(
    site: &Site,
    variables: &Variables,
    applied: &Applied,
    (name, service, image): (&str, &Deployed, &Image),
) -> anyhow::Result<Expected> {
    // Another secret or variable is another definition of one image.
    let definition = applied.definition(name, service)?;
    let newest = Ecs::new(&site.account).task_definition(&service.family).await;
    let newest = newest.with_context(|| format!("reading the task definitions of `{name}`"))?.task_definition_arn;
    if newest != definition {
        site.progress.note(&format!(
            "`{}` was not registered by Terraform, and is not what `{name}` is to run: that is `{}`",
            short(&newest),
            short(definition)
        ));
    }
    Ok(Expected {
        task_definition: Some(definition.to_owned()),
        tasks: variables.tasks.get(name).copied(),
        ..Expected::new(name, service, image.digest)
    })
}

/// The family and revision in the ARN of a task definition.
fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use model::stack::Stack;
    use oci::Digest;

    use super::*;

    #[test]
    fn a_new_service_that_never_ran_is_no_reason_not_to_go_back() {
        let stack = Stack::parse(include_bytes!("../../../../nix/rendered/stack.json")).unwrap();
        let before = &stack.environments["dev"];
        let verdict = |service: &str| ServiceVerdict {
            service: service.to_owned(),
            digest: Digest::of(b""),
            verdict: Verdict::FirstFailed(Cause::Other("it crashed".to_owned())),
        };
        assert_eq!(becomes(&verdict("extra"), Some(before)), Outcome::RolledBack);
        assert_eq!(becomes(&verdict("frontend"), Some(before)), Outcome::Failed);
        assert_eq!(becomes(&verdict("extra"), None), Outcome::Failed);
    }
}
