//! A task and its registration with the routers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use hint::ErrorReport;
use tokio::time::sleep;

use super::{super::router::TargetState, Failure, Host};
use crate::{definition::Definition, exit::Exit, logs::ServiceLog, ports::Port, task::Task};

/// How often a healthy task's verdict is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// A task that listens on a port of its own and is registered under its id.
pub(super) struct Running {
    pub(super) id: String,
    pub(super) task: Task,
    pub(super) port: Port,
    pub(super) since: Instant,
    definition: Arc<Definition>,
    host: Host,
}

impl Running {
    /// Starts a task and registers it.
    pub(super) async fn start(host: &Host, definition: &Arc<Definition>, log: &ServiceLog) -> Result<Self, Failure> {
        let id = next_id(&definition.service);
        let started = Self::try_start(host, definition, log, &id).await;
        started.map_err(|error| {
            let ErrorReport { error, hint } = ErrorReport::of(&error);
            Failure::of(&id, format!("could not be started: {error}"), Vec::new()).hint(hint)
        })
    }

    async fn try_start(host: &Host, definition: &Arc<Definition>, log: &ServiceLog, id: &str) -> anyhow::Result<Self> {
        let port = host.ports.take()?;
        let reach = |service: &str| host.internals.port(service);
        let spec = definition.spec(id, host.isolation.mode(), port.number(), reach);
        let task = Task::start(&host.spawner, id, &spec, log).await?;
        let service = &definition.service;
        for router in host.routers(service) {
            router.register(service, id, port.address(), definition.health_check(host.deadline));
        }
        let (id, definition, host) = (id.to_owned(), definition.clone(), host.clone());
        Ok(Self { id, task, port, since: Instant::now(), definition, host })
    }

    /// Waits until every router sees the task healthy. Says why not if it ends, or takes too long.
    pub(super) async fn healthy(&self) -> Result<(), Failure> {
        let service = &self.definition.service;
        let deadline = self.host.deadline;
        let healthy = async {
            for router in self.host.routers(service) {
                router.wait_healthy(service, &self.id, deadline).await?;
            }
            Ok(())
        };
        let reason = tokio::select! {
            // In this order: a task that has ended is not healthy, whatever was seen before.
            biased;
            exit = self.task.ended() => return Err(self.ended(&exit)),
            seen = healthy => match seen {
                Ok(()) => return Ok(()),
                Err(error) => not_healthy(&error, deadline),
            },
        };
        Err(self.failure(reason))
    }

    /// Waits until the task is of no use: gives the reason, and whether it has ended.
    pub(super) async fn trouble(&self) -> (Failure, bool) {
        tokio::select! {
            exit = self.task.ended() => (self.ended(&exit), true),
            reason = self.unhealthy() => (self.failure(reason), false),
        }
    }

    async fn unhealthy(&self) -> String {
        loop {
            sleep(LOOK).await;
            let targets = self.host.router.targets();
            let own = targets.iter().find(|target| target.group == self.definition.service && target.target == self.id);
            if let Some(own) = own.filter(|own| own.state == TargetState::Unhealthy) {
                return format!("became unhealthy: {}", own.detail.as_deref().unwrap_or("its health check failed"));
            }
        }
    }

    /// Finishes the requests in flight, for at most the service's drain time; or cuts them.
    pub(super) async fn deregister(&self, drain: bool) {
        let service = &self.definition.service;
        let limit = if drain { self.definition.drain } else { Duration::ZERO };
        let [public, internal] = self.host.routers(service);
        tokio::join!(public.deregister(service, &self.id, limit), internal.deregister(service, &self.id, limit));
    }

    /// Sends SIGTERM, then SIGKILL after the service's stop timeout. True if the first was enough.
    pub(super) async fn stop(&self) -> bool {
        self.task.stop(self.definition.stop_timeout).await
    }

    fn ended(&self, exit: &Exit) -> Failure {
        self.failure(exit.to_string()).hint(exit.hint().map(str::to_owned))
    }

    fn failure(&self, reason: String) -> Failure {
        Failure::of(&self.id, reason, self.task.last_lines())
    }

    /// The end of a task that failed: no new requests, none finished if it has ended.
    pub(super) async fn discard(&self) {
        self.deregister(false).await;
        self.stop().await;
    }
}

impl Host {
    fn routers(&self, service: &str) -> [super::Router; 2] {
        [self.router.clone(), self.internals.router(service)]
    }
}

fn not_healthy(error: &super::super::router::NotHealthy, deadline: Duration) -> String {
    let detail = error.detail.as_deref().unwrap_or("no health check was answered");
    format!("was not healthy within {} s: {detail}", deadline.as_secs())
}

/// `backend-1`, `backend-2`: unique in one run of the engine.
fn next_id(service: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    format!("{service}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
