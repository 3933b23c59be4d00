//! Follows the services of an environment until each has a verdict.

mod json;
mod lines;
mod terminal;

use std::{fmt, io, time::Duration};

use anyhow::Context;
use jiff::Timestamp;
use model::{palette::can_draw, stack::Deployed};

use super::{
    Clock, Event, Expected, Limits, Next, Observation, Report, Rollout, ServiceVerdict, Snapshot, Verdict,
    observe::{Asked, Observer},
};
use crate::aws::Account;

pub use self::{json::Json, lines::Lines, terminal::Table};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(4);

/// What is followed.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Cluster.
    pub cluster: String,
    /// Where visitors find it; none means the load balancer's own name.
    pub url: Option<String>,
    /// The services.
    pub expected: Vec<Expected>,
    /// How long, and how often.
    pub limits: Limits,
}

/// Where it is told.
pub trait Show: Send + Sync {
    /// Something happened to `service`, so long after the beginning.
    fn event(&self, service: &str, after: Duration, event: &Event);

    /// What a service waits for at present. Comes with each look.
    fn waiting(&self, _service: &str, _after: Duration, _for: &str) {}

    /// A service has its verdict.
    fn verdict(&self, service: &str, after: Duration, verdict: &Verdict);
}

/// On standard error, as fits what it is connected to: a live table on a terminal, lines elsewhere.
pub fn stderr<'a>(services: impl IntoIterator<Item = &'a str>) -> Box<dyn Show> {
    if can_draw(&io::stderr()) { Box::new(Table::stderr(services)) } else { Box::new(Lines::stderr(services)) }
}

/// What each of the services was last asked to run, by name in the stack.
pub async fn asked<'a>(
    account: &Account,
    cluster: &str,
    services: impl IntoIterator<Item = (&'a String, &'a Deployed)>,
) -> anyhow::Result<Vec<Expected>> {
    of_newest(account, cluster, services, false).await
}

/// What each of the services runs: what it was last asked to, or what it went back to from that.
pub async fn running<'a>(
    account: &Account,
    cluster: &str,
    services: impl IntoIterator<Item = (&'a String, &'a Deployed)>,
) -> anyhow::Result<Vec<Expected>> {
    of_newest(account, cluster, services, true).await
}

async fn of_newest<'a>(
    account: &Account,
    cluster: &str,
    services: impl IntoIterator<Item = (&'a String, &'a Deployed)>,
    goes_back: bool,
) -> anyhow::Result<Vec<Expected>> {
    let mut observer = Observer::new(account, cluster, None);
    let mut expected = Vec::new();
    for (name, deployed) in services {
        let Asked { task_definition, digest } = observer.of_newest(deployed, goes_back).await?;
        expected.push(Expected { task_definition: Some(task_definition), ..Expected::new(name, deployed, digest) });
    }
    Ok(expected)
}

/// What the services are like now, in the order of `watch`.
pub async fn look(account: &Account, watch: &Watch, clock: &dyn Clock) -> anyhow::Result<Vec<Snapshot>> {
    let mut observer = Observer::new(account, &watch.cluster, watch.url.as_deref());
    let seen = observer.look(&watch.expected, clock.now()).await.context("looking at the services")?;
    let snapshot = |seen| match seen {
        Observation::Seen(snapshot) => Ok(*snapshot),
        Observation::Silence { reason, .. } => hint::bail!("{reason}", hint = "try again in a while"),
    };
    seen.into_iter().map(snapshot).collect()
}

/// ECS's name for the newest deployment of a service, if it is of what `expected` says and has ended without success.
pub(crate) async fn given_up(account: &Account, cluster: &str, expected: &Expected) -> anyhow::Result<Option<String>> {
    let found = Observer::new(account, cluster, None).given_up(expected).await;
    found.with_context(|| format!("looking at the deployments of `{}`", expected.service))
}

/// Stops the deployment `id`: back to what ran before.
pub async fn stop(account: &Account, id: &str) -> anyhow::Result<()> {
    let stopped = Observer::new(account, "", None).stop(id).await;
    stopped.context("stopping the deployment")
}

/// A service that is followed.
struct Followed {
    rollout: Rollout,
    verdict: Option<Verdict>,
}

impl Followed {
    fn in_progress(&self) -> Option<InProgress> {
        let deployment = self.rollout.deployment().filter(|_| self.verdict.is_none())?.to_owned();
        Some(InProgress { service: self.rollout.expected().service.clone(), deployment })
    }
}

/// How watching ended.
#[derive(Clone, Debug)]
pub enum WatchEnd {
    /// Each service has its verdict.
    Verdicts(Report),
    /// Somebody wanted no more of it. What is under way goes on.
    Interrupted(Vec<InProgress>),
}

/// A deployment that nobody watches any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InProgress {
    /// The service's name in the stack.
    pub service: String,
    /// ECS's name for the deployment: its ARN, or its id where ECS has no service deployments.
    pub deployment: String,
}

impl fmt::Display for InProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.service, self.deployment)
    }
}

/// Follows all services until each has its verdict, or until `interrupt`. An error is one of asking, such as a lack of
/// rights: nothing is known of the rollout then.
pub async fn watch(
    account: &Account,
    watch: &Watch,
    clock: &dyn Clock,
    show: &dyn Show,
    interrupt: impl Future<Output = ()>,
) -> anyhow::Result<WatchEnd> {
    let begun = clock.now();
    let mut observer = Observer::new(account, &watch.cluster, watch.url.as_deref());
    let follow =
        |expected: &Expected| Followed { rollout: Rollout::new(expected.clone(), watch.limits, begun), verdict: None };
    let mut followed: Vec<_> = watch.expected.iter().map(follow).collect();
    let ended = tokio::select! {
        ended = to_the_end(&mut observer, &mut followed, begun, clock, show) => Some(ended),
        () = interrupt => None,
    };
    let Some(ended) = ended else {
        return Ok(WatchEnd::Interrupted(followed.iter().filter_map(Followed::in_progress).collect()));
    };
    ended?;
    let services = followed.into_iter().filter_map(|Followed { rollout, verdict }| {
        let Expected { service, digest, .. } = rollout.expected().clone();
        verdict.map(|verdict| ServiceVerdict { service, digest, verdict })
    });
    Ok(WatchEnd::Verdicts(Report { services: services.collect(), took: since(begun, clock) }))
}

async fn to_the_end(
    observer: &mut Observer,
    followed: &mut [Followed],
    begun: Timestamp,
    clock: &dyn Clock,
    show: &dyn Show,
) -> anyhow::Result<()> {
    loop {
        round(observer, followed, begun, clock, show).await?;
        if followed.iter().all(|followed| followed.verdict.is_some()) {
            return Ok(());
        }
        clock.sleep(PAUSE).await;
    }
}

/// Looks at each service that has no verdict yet.
async fn round(
    observer: &mut Observer,
    followed: &mut [Followed],
    begun: Timestamp,
    clock: &dyn Clock,
    show: &dyn Show,
) -> anyhow::Result<()> {
    let open: Vec<_> = followed.iter_mut().filter(|followed| followed.verdict.is_none()).collect();
    let expected: Vec<_> = open.iter().map(|followed| followed.rollout.expected().clone()).collect();
    let seen = observer.look(&expected, clock.now()).await.context("watching the services")?;
    for (followed, seen) in open.into_iter().zip(&seen) {
        let service = followed.rollout.expected().service.clone();
        let (events, next) = followed.rollout.look(seen);
        let after = since(begun, clock);
        for event in &events {
            show.event(&service, after, event);
        }
        match next {
            Next::Wait => show.waiting(&service, after, followed.rollout.waiting_for()),
            Next::Stop(id) => {
                if let Err(error) = observer.stop(&id).await {
                    let event = followed.rollout.not_stopped(&error.to_string());
                    show.event(&service, after, &event);
                }
            }
            Next::End(verdict) => {
                show.verdict(&service, after, &verdict);
                followed.verdict = Some(verdict);
            }
        }
    }
    leave_in_vain(followed, since(begun, clock), show);
    Ok(())
}

/// Follows no longer what is of no use once one service has failed for good.
fn leave_in_vain(followed: &mut [Followed], after: Duration, show: &dyn Show) {
    let has_failed = |one: &&Followed| one.verdict.as_ref().is_some_and(|verdict| !verdict.outcome().serves());
    let Some(failed) = followed.iter().find(has_failed) else { return };
    let failed = failed.rollout.expected().service.clone();
    for one in followed.iter_mut().filter(|one| one.verdict.is_none()) {
        let Some(verdict) = one.rollout.in_vain(&failed) else { continue };
        show.verdict(&one.rollout.expected().service, after, &verdict);
        one.verdict = Some(verdict);
    }
}

fn since(begun: Timestamp, clock: &dyn Clock) -> Duration {
    clock.now().duration_since(begun).try_into().unwrap_or_default()
}
