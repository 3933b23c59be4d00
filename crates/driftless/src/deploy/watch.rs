//! Follows a release until it serves, or does not.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use jiff::Timestamp;

use super::Target;
use crate::{
    aws::ecs::Ecs,
    record::Draft,
    rollout::{self, Clock, Expected, Limits, System, Watch},
    stack::Deployed,
};

/// The environment whose deployment is followed at present, if one is.
static WATCHED: Mutex<Option<String>> = Mutex::new(None);

/// The environment whose deployment is followed at present, if one is.
pub fn watched() -> Option<String> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set_watched(environment: Option<&str>) {
    *WATCHED.lock().unwrap_or_else(PoisonError::into_inner) = environment.map(str::to_owned);
}

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
    set_watched(Some(&target.name));
    let report = rollout::watch(&target.account, &watch, clock, show.as_ref()).await;
    set_watched(None);
    let report = report?;
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
        service: name.to_owned(),
        service_name: service.service_name.clone(),
        digest: image.digest,
        task_definition: Some(definition.task_definition_arn),
        paused: draft.variables.tasks.get(name) == Some(&0),
        path: path(service),
    })
}

/// A path that the load balancer forwards to the service: that of its health check, if any rule has it.
fn path(service: &Deployed) -> Option<String> {
    let mut patterns = service.rules.iter().flat_map(|rule| &rule.paths);
    let health = &service.health.path;
    if patterns.clone().any(|pattern| pattern == "/*" || pattern == health) {
        return Some(health.clone());
    }
    patterns.find(|pattern| !pattern.contains(['*', '?'])).cloned()
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
