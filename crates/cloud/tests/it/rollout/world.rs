//! What an account holds at one moment.

use std::collections::BTreeMap;

use oci::Digest;

/// Names of the two releases.
pub(super) const OLD: &str = "old";
pub(super) const NEW: &str = "new";

/// The image of `release`: what comes after a `+` are settings alone.
pub(super) fn digest(release: &str) -> Digest {
    Digest::of(release.split('+').next().unwrap_or_default().as_bytes())
}

#[derive(Default)]
pub(super) struct World {
    pub(super) services: BTreeMap<String, Service>,
    /// Why calls are refused at present: a status and a code.
    pub(super) fault: Option<(u16, &'static str)>,
    /// ECS does not know service deployments.
    pub(super) no_deployments: bool,
    /// What visitors get.
    pub(super) visitors_get: u16,
}

#[derive(Default)]
pub(super) struct Service {
    pub(super) desired: u32,
    pub(super) deployments: Vec<Deployment>,
    pub(super) tasks: Vec<Task>,
    pub(super) targets: BTreeMap<String, (&'static str, &'static str)>,
    pub(super) events: Vec<(i64, String)>,
    pub(super) logs: BTreeMap<String, Vec<String>>,
    /// Without service deployments: release and state of the deployments, the newest first.
    pub(super) plain: Vec<(&'static str, &'static str)>,
}

pub(super) struct Deployment {
    pub(super) id: &'static str,
    pub(super) release: &'static str,
    pub(super) from: Option<&'static str>,
    pub(super) status: &'static str,
    pub(super) reason: &'static str,
    pub(super) alarms: Vec<&'static str>,
    pub(super) begun: i64,
}

#[derive(Clone, Default)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) release: &'static str,
    pub(super) status: &'static str,
    pub(super) wanted: &'static str,
    pub(super) address: String,
    pub(super) created: i64,
    pub(super) code: &'static str,
    pub(super) reason: String,
    pub(super) exit: Option<i32>,
    pub(super) container_reason: &'static str,
}

impl World {
    /// A service with `desired` tasks of the old release.
    pub(super) fn service(&mut self, name: &str, desired: u32) {
        self.visitors_get = 200;
        self.services.insert(name.into(), Service { desired, ..Service::default() });
        for n in 1..=desired {
            self.run(name, &format!("0{n}old"), OLD, -3600);
            self.healthy(name, &format!("0{n}old"));
        }
    }

    pub(super) fn of(&mut self, name: &str) -> &mut Service {
        self.services.get_mut(name).unwrap()
    }

    pub(super) fn begin(
        &mut self,
        name: &str,
        id: &'static str,
        release: &'static str,
        from: Option<&'static str>,
        now: i64,
    ) {
        let begun = now;
        let deployment = Deployment { id, release, from, status: "IN_PROGRESS", reason: "", alarms: Vec::new(), begun };
        self.of(name).deployments.insert(0, deployment);
    }

    /// The newest deployment is at `status`.
    pub(super) fn status(&mut self, name: &str, status: &'static str, reason: &'static str) {
        let deployment = &mut self.of(name).deployments[0];
        (deployment.status, deployment.reason) = (status, reason);
    }

    pub(super) fn start(&mut self, name: &str, id: &str, release: &'static str, now: i64) {
        let address = format!("10.0.0.{}", self.of(name).tasks.len() + 1);
        let task = Task {
            id: id.into(),
            release,
            status: "PENDING",
            wanted: "RUNNING",
            address,
            created: now,
            ..Task::default()
        };
        self.of(name).tasks.push(task);
    }

    pub(super) fn run(&mut self, name: &str, id: &str, release: &'static str, now: i64) {
        if !self.of(name).tasks.iter().any(|task| task.id == id) {
            self.start(name, id, release, now);
        }
        self.task(name, id).status = "RUNNING";
        self.target(name, id, "initial", "Target registration is in progress");
    }

    pub(super) fn task(&mut self, name: &str, id: &str) -> &mut Task {
        self.of(name).tasks.iter_mut().find(|task| task.id == id).unwrap()
    }

    pub(super) fn target(&mut self, name: &str, id: &str, state: &'static str, reason: &'static str) {
        let address = self.task(name, id).address.clone();
        self.of(name).targets.insert(address, (state, reason));
    }

    pub(super) fn healthy(&mut self, name: &str, id: &str) {
        self.target(name, id, "healthy", "");
    }

    /// Is asked to stop, and does not get new requests.
    pub(super) fn drain(&mut self, name: &str, id: &str) {
        let task = self.task(name, id);
        (task.wanted, task.status) = ("STOPPED", "DEACTIVATING");
        self.target(name, id, "draining", "Target deregistration is in progress");
    }

    pub(super) fn stop(&mut self, name: &str, id: &str, code: &'static str, reason: &str) {
        let task = self.task(name, id);
        (task.wanted, task.status, task.code, task.reason) = ("STOPPED", "STOPPED", code, reason.into());
        let address = task.address.clone();
        self.of(name).targets.remove(&address);
    }

    /// As ECS does with tasks that are replaced.
    pub(super) fn replace(&mut self, name: &str, id: &str) {
        self.stop(name, id, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)");
    }

    /// Starts, and ends at once with `exit`.
    pub(super) fn crash(&mut self, name: &str, id: &str, exit: i32, log: &[&str], now: i64) {
        self.run(name, id, NEW, now);
        self.task(name, id).exit = Some(exit);
        self.stop(name, id, "EssentialContainerExited", "Essential container in task exited");
        self.of(name).logs.insert(id.into(), log.iter().map(|&line| line.to_owned()).collect());
    }

    /// Cannot even start.
    pub(super) fn fail(&mut self, name: &str, id: &str, reason: &str, now: i64) {
        self.start(name, id, NEW, now);
        self.stop(name, id, "TaskFailedToStart", reason);
    }
}
