//! Follows a release until it serves, or does not.

use std::{fmt, pin::Pin, time::Duration};

use anyhow::Context;
use jiff::Timestamp;

use super::Target;
use crate::{
    aws::ecs::Ecs,
    interrupt::{self, Hearing},
    record::Draft,
    rollout::{self, Clock, Expected, Limits, System, UnderWay, Watch, Watched},
    stack::Deployed,
};

/// A release that was interrupted while its deployments were under way, which they still are.
#[derive(Debug)]
pub struct Unwatched {
    environment: String,
    under_way: Vec<UnderWay>,
    /// The program is about to end, in its own words.
    _hearing: Hearing,
}

impl fmt::Display for Unwatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment, under_way, .. } = self;
        write!(f, "interrupted: the deployment to `{environment}` goes on, unwatched and unrecorded")?;
        under_way.iter().try_for_each(|one| write!(f, "\n  {one}"))?;
        write!(f, "\nhint: the same command again follows and records it, `driftless abort -e {environment}` stops it")
    }
}

impl std::error::Error for Unwatched {}

/// What became of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Every service runs the new image at the desired count.
    Live,
    /// It failed, and the release before it serves again.
    RolledBack,
    /// It failed.
    Failed {
        /// What is left, and what to do.
        left: String,
    },
}

/// Follows the services of the environment until each runs its image of `draft`, or one cannot.
pub(super) async fn watch(target: &Target, draft: &Draft, timeout: Duration) -> anyhow::Result<Verdict> {
    let environment = target.environment();
    let mut expected = Vec::new();
    for (name, service) in &environment.services {
        expected.push(expect(target, draft, name, service).await?);
    }
    let watch = Watch {
        cluster: environment.cluster.clone(),
        url: environment.url.clone(),
        expected,
        limits: Limits { time: timeout, ..Limits::default() },
    };
    let clock: &dyn Clock = if target.has_tls() { &System } else { &Hasty };
    let show = rollout::watch::stderr(environment.services.keys().map(String::as_str));
    let hearing = interrupt::hear();
    let interrupted = interrupt::control_c();
    let report = match rollout::watch(&target.account, &watch, clock, show.as_ref(), interrupted).await? {
        Watched::Ended(report) => report,
        Watched::Interrupted(under_way) => {
            return Err(Unwatched { environment: target.name.clone(), under_way, _hearing: hearing }.into());
        }
    };
    Ok(match (report.exit_code(), report.worst()) {
        (0, _) | (_, None) => Verdict::Live,
        (_, Some(worst)) => {
            let hint = worst.verdict.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
            match worst.verdict {
                rollout::Verdict::RolledBack(_) => Verdict::RolledBack,
                _ => Verdict::Failed { left: format!("`{}`: {}{hint}", worst.service, worst.verdict.words()) },
            }
        }
    })
}

async fn expect(target: &Target, draft: &Draft, name: &str, service: &Deployed) -> anyhow::Result<Expected> {
    let image = draft.release.images.get(name).with_context(|| format!("service `{name}` has no image"))?;
    // The newest of the family is what was applied: another secret or variable is another definition of one image.
    let definition = Ecs::new(&target.account).task_definition(&service.family).await;
    let definition = definition.with_context(|| format!("reading the task definition of `{name}`"))?;
    Ok(Expected {
        task_definition: Some(definition.task_definition_arn),
        paused: draft.variables.tasks.get(name) == Some(&0),
        ..Expected::new(name, service, image.digest)
    })
}

/// For a stand-in for AWS on this machine, in which time passes by being looked at.
struct Hasty;

impl Clock for Hasty {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration / 10))
    }
}
