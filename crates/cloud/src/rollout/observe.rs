//! Looks at the services of an environment, and puts what it sees in [`Snapshot`]s.

mod asked;
mod attempt;
mod definitions;
mod fallback;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use oci::Digest;

pub(super) use self::asked::Asked;
use self::definitions::Definitions;
use super::{Answering, Attempt, Expected, Observation, Phase, Serving, Snapshot, Target};
use crate::aws::{
    Account, Error,
    ecs::{Ecs, LoadBalancer, Service},
    elbv2::LoadBalancers,
    http,
    logs::Logs,
};

/// Looks at services.
pub(super) struct Observer {
    account: Account,
    ecs: Ecs,
    balancers: LoadBalancers,
    logs: Logs,
    cluster: String,
    /// Where requests from outside go; asked of the load balancer if nobody said it.
    url: Option<String>,
    definitions: Definitions,
    /// False once ECS was found to have no service deployments, or not for us.
    has_deployments: bool,
    known: BTreeMap<String, Known>,
}

/// What is remembered of a service from one look to the next.
#[derive(Default)]
struct Known {
    /// Why the load balancer did not like a task, by the task's id: it forgets, and the task, too.
    dislikes: BTreeMap<String, String>,
    /// Tasks that are told of, with their logs.
    told: BTreeSet<String>,
    /// For services without service deployments: what ran before ours, and ours.
    before: Option<String>,
    ours: Option<Attempt>,
}

/// What the deployments of a service say.
struct Deployments {
    attempt: Option<Attempt>,
    begun: Option<Timestamp>,
    superseded_by: Option<String>,
    serving: Serving,
    rolled_back: Option<Digest>,
}

impl Observer {
    pub(super) fn new(account: &Account, cluster: &str, url: Option<&str>) -> Self {
        Self {
            account: account.clone(),
            ecs: Ecs::new(account),
            balancers: LoadBalancers::new(account),
            logs: Logs::new(account),
            cluster: cluster.to_owned(),
            url: url.map(str::to_owned),
            definitions: Definitions::default(),
            has_deployments: true,
            known: BTreeMap::new(),
        }
    }

    /// Looks at `expected`, each in its turn. An error is one that waiting does not mend.
    pub(super) async fn look(&mut self, expected: &[Expected], now: Timestamp) -> Result<Vec<Observation>, Error> {
        let names: Vec<_> = expected.iter().map(|expected| expected.service_name.clone()).collect();
        let services = match self.ecs.services(&self.cluster, &names).await {
            Err(error) => {
                let silence = silence(error, now)?;
                return Ok(vec![silence; expected.len()]);
            }
            Ok(services) => services,
        };
        let mut seen = Vec::new();
        for expected in expected {
            let service = services.iter().find(|service| service.service_name == expected.service_name);
            seen.push(match self.look_at(expected, service, now).await {
                Ok(snapshot) => Observation::Seen(Box::new(snapshot)),
                Err(error) => silence(error, now)?,
            });
        }
        Ok(seen)
    }

    /// Stops a deployment: back to what ran before.
    pub(super) async fn stop(&self, id: &str) -> Result<(), Error> {
        self.ecs.stop_service_deployment(id).await
    }

    async fn look_at(
        &mut self,
        expected: &Expected,
        service: Option<&Service>,
        now: Timestamp,
    ) -> Result<Snapshot, Error> {
        let Some(service) = service else { return Ok(nothing(now)) };
        let deployments = self.deployments(expected, service).await?;
        let begun = deployments.begun;
        let all = self.tasks(expected, begun).await?;
        let targets = self.targets(service).await?;
        self.remember_dislikes(expected, &all.alive, targets.as_deref());
        let stopped = self.stopped(expected, all.stopped).await?;
        let done = deployments.attempt.as_ref().is_some_and(|attempt| attempt.phase == Phase::Successful);
        let answering = if done { self.answering(expected, service).await? } else { Answering::NotAsked };
        let Deployments { attempt, superseded_by, serving, rolled_back, .. } = deployments;
        let complaints = complaints(service, begun);
        let desired = service.desired_count;
        let tasks = all.alive;
        Ok(Snapshot {
            at: now,
            desired,
            attempt,
            superseded_by,
            serving,
            rolled_back,
            tasks,
            stopped,
            targets,
            answering,
            complaints,
        })
    }

    async fn deployments(&mut self, expected: &Expected, service: &Service) -> Result<Deployments, Error> {
        if self.has_deployments {
            match self.service_deployments(expected).await {
                Err(error) if is_missing(&error) => self.has_deployments = false,
                other => return other,
            }
        }
        self.service_alone(expected, service).await
    }

    async fn targets(&self, service: &Service) -> Result<Option<Vec<Target>>, Error> {
        let mut targets = None;
        for group in service.load_balancers.iter().flat_map(LoadBalancer::target_groups) {
            let found = self.balancers.targets(group).await?.into_iter().map(|target| Target {
                address: target.address,
                state: target.state,
                reason: target.description.or(target.reason).unwrap_or_default(),
            });
            targets.get_or_insert_with(Vec::new).extend(found);
        }
        Ok(targets)
    }

    /// Asks as a visitor would: any answer that is not the load balancer's own excuse will do.
    async fn answering(&mut self, expected: &Expected, service: &Service) -> Result<Answering, Error> {
        let Some(path) = &expected.path else { return Ok(Answering::NotAsked) };
        if self.url.is_none() {
            self.url = self.url_of(service).await?;
        }
        let Some(url) = &self.url else { return Ok(Answering::NotAsked) };
        let url = url.trim_end_matches('/');
        let address = format!("{url}{path}");
        Ok(match http::get(&self.account, url, path).await {
            Ok(502..=504) => Answering::No(format!("`{address}` answers that no task is there")),
            Ok(_) => Answering::Yes,
            Err(reason) => Answering::No(format!("`{address}`: {reason}")),
        })
    }

    async fn url_of(&self, service: &Service) -> Result<Option<String>, Error> {
        let groups: Vec<_> =
            service.load_balancers.iter().filter_map(|balancer| balancer.target_group_arn.clone()).collect();
        if groups.is_empty() {
            return Ok(None);
        }
        let groups = self.balancers.target_groups(&groups).await?;
        let Some(balancer) = groups.iter().find_map(|group| group.load_balancer()) else { return Ok(None) };
        Ok(self.balancers.host_name(balancer).await?.map(|host| format!("http://{host}")))
    }
}

/// A service that is not there, or not yet.
fn nothing(at: Timestamp) -> Snapshot {
    Snapshot {
        at,
        desired: 0,
        attempt: None,
        superseded_by: None,
        serving: Serving::Other(None),
        rolled_back: None,
        tasks: Vec::new(),
        stopped: Vec::new(),
        targets: None,
        answering: Answering::NotAsked,
        complaints: Vec::new(),
    }
}

fn silence(error: Error, at: Timestamp) -> Result<Observation, Error> {
    if error.is_passing() { Ok(Observation::Silence { at, reason: error.to_string() }) } else { Err(error) }
}

/// Whether ECS does not know the call, or the caller may not make it: there is another way to find out.
fn is_missing(error: &Error) -> bool {
    const CODES: [&str; 5] = [
        "UnknownOperationException",
        "InvalidAction",
        "UnsupportedFeatureException",
        "AccessDeniedException",
        "HTTP 501",
    ];
    error.code().is_some_and(|code| CODES.contains(&code))
}

/// ECS's sentences since the deployment was begun that tell of trouble, oldest first.
fn complaints(service: &Service, begun: Option<Timestamp>) -> Vec<String> {
    let since = |time: Timestamp| begun.is_none_or(|begun| time >= begun);
    let troubles = |message: &str| message.contains("unable to") || message.contains("failed to launch");
    let events = service.events.iter().filter(|event| since(event.created_at.0) && troubles(&event.message));
    let mut complaints: Vec<_> = events.map(|event| plain(&event.message, &service.service_name)).collect();
    complaints.reverse();
    complaints
}

/// Without `(service backend) `, which everybody knows by then.
fn plain(message: &str, service: &str) -> String {
    let prefix = format!("(service {service}) ");
    message.strip_prefix(&prefix).unwrap_or(message).trim_end_matches('.').to_owned()
}
