//! A service's tasks, and why those that stopped did.

use jiff::Timestamp;

use super::Observer;
use crate::{
    aws::{Error, ecs},
    rollout::{Expected, Stage, Stopped, StoppedContainer, Target, Task},
};

/// Lines of a failed task's log that are worth reading.
const LOG_LINES: usize = 20;

/// What a service has of tasks.
pub(super) struct Tasks {
    pub(super) alive: Vec<Task>,
    /// Those of ours that stopped.
    pub(super) stopped: Vec<ecs::Task>,
}

impl Observer {
    pub(super) async fn tasks(&mut self, expected: &Expected, begun: Option<Timestamp>) -> Result<Tasks, Error> {
        let mut tasks = Tasks { alive: Vec::new(), stopped: Vec::new() };
        // A task that ends is asked to stop long before it has stopped.
        for stopped in [false, true] {
            for mut task in self.ecs.tasks_of(&self.cluster, &expected.service_name, stopped).await? {
                let ours = self.is_ours(expected, &task).await?;
                if ours {
                    self.definitions.keep_defined(&self.ecs, &mut task).await?;
                }
                if task.last_status != "STOPPED" {
                    tasks.alive.push(alive(&task, ours));
                } else if ours && task.created_at.is_none_or(|time| begun.is_none_or(|begun| time.0 >= begun)) {
                    tasks.stopped.push(task);
                }
            }
        }
        Ok(tasks)
    }

    /// By its definition, and by what was pulled.
    async fn is_ours(&mut self, expected: &Expected, task: &ecs::Task) -> Result<bool, Error> {
        if !self.definitions.is_ours(&self.ecs, expected, &task.task_definition_arn).await? {
            return Ok(false);
        }
        let digest = expected.digest.to_string();
        let mut pulled = task.containers.iter().filter(|container| container.image.ends_with(&digest));
        Ok(pulled.all(|container| container.image_digest.as_ref().is_none_or(|pulled| *pulled == digest)))
    }

    pub(super) fn remember_dislikes(&mut self, expected: &Expected, alive: &[Task], targets: Option<&[Target]>) {
        let known = self.known.entry(expected.service.clone()).or_default();
        for target in targets.unwrap_or_default().iter().filter(|target| target.state == "unhealthy") {
            if let Some(task) = alive.iter().find(|task| task.address.as_ref() == Some(&target.address)) {
                known.dislikes.insert(task.id.clone(), target.reason.clone());
            }
        }
    }

    /// Why tasks of ours stopped, with their logs where these were not read before.
    pub(super) async fn stopped(&mut self, expected: &Expected, tasks: Vec<ecs::Task>) -> Result<Vec<Stopped>, Error> {
        let mut stopped = Vec::new();
        for task in tasks {
            let known = self.known.entry(expected.service.clone()).or_default();
            let target = known.dislikes.get(task.id()).cloned();
            let log = if known.told.insert(task.id().to_owned()) { self.log(&task).await } else { Vec::new() };
            stopped.push(Stopped {
                id: task.id().to_owned(),
                ours: true,
                code: task.stop_code.clone().unwrap_or_default(),
                reason: task.stopped_reason.clone().unwrap_or_default(),
                containers: task.containers.iter().map(container).collect(),
                target,
                log,
            });
        }
        Ok(stopped)
    }

    /// The last lines of the container that failed. A log that cannot be read is no reason not to tell of the task.
    async fn log(&mut self, task: &ecs::Task) -> Vec<String> {
        let failed = task.containers.iter().find(|container| container.exit_code.is_some_and(|code| code != 0));
        let Some(failed) = failed.or(task.containers.first()) else { return Vec::new() };
        let Ok(definition) = self.definitions.get(&self.ecs, &task.task_definition_arn).await else {
            return Vec::new();
        };
        let container = definition.container_definitions.iter().find(|container| container.name == failed.name);
        let Some((group, stream)) = container.and_then(|container| container.log(task.id())) else { return Vec::new() };
        let events = self.logs.tail(group, &stream, LOG_LINES).await.unwrap_or_default();
        events.into_iter().map(|event| event.message.trim_end().to_owned()).collect()
    }
}

fn alive(task: &ecs::Task, ours: bool) -> Task {
    Task {
        id: task.id().to_owned(),
        ours,
        stage: match task.last_status.as_str() {
            _ if task.desired_status == "STOPPED" => Stage::Ending,
            "RUNNING" => Stage::Running,
            _ => Stage::Starting,
        },
        // Without a health check of its own it is `UNKNOWN` for ever.
        healthy: task.containers.iter().all(|container| container.health_status.as_deref() != Some("UNHEALTHY")),
        address: task.address().map(str::to_owned),
    }
}

fn container(container: &ecs::Container) -> StoppedContainer {
    StoppedContainer {
        name: container.name.clone(),
        exit: container.exit_code,
        reason: container.reason.clone().filter(|reason| !reason.is_empty()),
    }
}
