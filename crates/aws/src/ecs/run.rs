//! Tasks that belong to no service.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ecs, Task};
use crate::Error;

/// Where tasks are in the network.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkConfiguration {
    /// That of `awsvpc` tasks, the only kind on Fargate.
    #[serde(default)]
    pub awsvpc_configuration: serde_json::Value,
}

/// A task to run once.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    /// Cluster.
    pub cluster: &'a str,
    /// Task definition.
    pub task_definition: &'a str,
    /// The container whose command is replaced.
    pub container: &'a str,
    /// Its command; empty for the image's own.
    pub command: &'a [String],
    /// Where it is in the network.
    pub network: &'a NetworkConfiguration,
    /// Said of the task by ECS as what started it.
    pub started_by: &'a str,
    /// Makes a repetition harmless.
    pub token: &'a str,
}

impl Ecs {
    /// Starts a task. An error of placement is in the second part.
    pub async fn run_task(&self, launch: &Launch<'_>) -> Result<Result<Task, String>, Error> {
        #[derive(Deserialize)]
        struct Output {
            #[serde(default)]
            tasks: Vec<Task>,
            #[serde(default)]
            failures: Vec<Failure>,
        }
        #[derive(Deserialize)]
        struct Failure {
            reason: Option<String>,
            detail: Option<String>,
        }
        let mut container = json!({ "name": launch.container });
        if !launch.command.is_empty() {
            container["command"] = launch.command.into();
        }
        let input = json!({
            "cluster": launch.cluster,
            "taskDefinition": launch.task_definition,
            "launchType": "FARGATE",
            "networkConfiguration": launch.network,
            "overrides": { "containerOverrides": [container] },
            "startedBy": launch.started_by,
            "clientToken": launch.token,
            "count": 1,
        });
        let output: Output = self.0.json("RunTask", &input).await?;
        let failure = output.failures.into_iter().next().map(|failure| {
            let words = [failure.reason, failure.detail].into_iter().flatten().collect::<Vec<_>>().join(": ");
            if words.is_empty() { "ECS gave no reason".into() } else { words }
        });
        Ok(output.tasks.into_iter().next().ok_or_else(|| failure.unwrap_or_else(|| "ECS started no task".into())))
    }

    /// Stops a task; `reason` is shown by ECS.
    pub async fn stop_task(&self, cluster: &str, task: &str, reason: &str) -> Result<(), Error> {
        let input = json!({ "cluster": cluster, "task": task, "reason": reason });
        let _: serde::de::IgnoredAny = self.0.json("StopTask", &input).await?;
        Ok(())
    }
}
