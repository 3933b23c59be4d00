//! Tasks and task definitions.

use serde::Deserialize;
use serde_json::json;

use super::{Ecs, LogOptions};
use crate::{Error, Time};

/// ECS describes at most so many tasks in one call.
const AT_ONCE: usize = 100;

/// A task.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its ARN.
    pub task_arn: String,
    /// Its task definition.
    #[serde(default)]
    pub task_definition_arn: String,
    /// `PROVISIONING`, `PENDING`, `ACTIVATING`, `RUNNING`, `DEACTIVATING`, `STOPPING`, `DEPROVISIONING`, `STOPPED`.
    pub last_status: String,
    /// `RUNNING` or `STOPPED`.
    #[serde(default)]
    pub desired_status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`, from the containers' health checks.
    pub health_status: Option<String>,
    /// What made it: the id of a deployment, or the caller's word.
    pub started_by: Option<String>,
    /// `service:NAME`, `family:NAME`.
    pub group: Option<String>,
    /// `EssentialContainerExited`, `TaskFailedToStart`, `ServiceSchedulerInitiated`, `UserInitiated`, …
    pub stop_code: Option<String>,
    /// Why, as a sentence.
    pub stopped_reason: Option<String>,
    /// When it was asked for.
    pub created_at: Option<Time>,
    /// When it ran.
    pub started_at: Option<Time>,
    /// When it had stopped.
    pub stopped_at: Option<Time>,
    /// Its containers.
    #[serde(default)]
    pub containers: Vec<Container>,
    /// Its network interfaces.
    #[serde(default)]
    attachments: Vec<Attachment>,
}

#[derive(Clone, Debug, Deserialize)]
struct Attachment {
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Clone, Debug, Deserialize)]
struct Detail {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
}

/// A container of a task.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The image as the task definition has it.
    #[serde(default)]
    pub image: String,
    /// Digest of the image that was pulled.
    pub image_digest: Option<String>,
    /// As of tasks.
    #[serde(default)]
    pub last_status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`, from the container's health check.
    pub health_status: Option<String>,
    /// Exit code.
    pub exit_code: Option<i32>,
    /// Why it did not start or was killed, as a sentence.
    pub reason: Option<String>,
}

impl Task {
    /// The last part of the ARN, which names its log streams.
    pub fn id(&self) -> &str {
        self.task_arn.rsplit('/').next().unwrap_or_default()
    }

    /// Its private address, by which target groups know it.
    pub fn address(&self) -> Option<&str> {
        let details = self.attachments.iter().flat_map(|attachment| &attachment.details);
        details.into_iter().find(|detail| detail.name == "privateIPv4Address").map(|detail| detail.value.as_str())
    }
}

/// A task definition.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinition {
    /// Its ARN.
    pub task_definition_arn: String,
    /// Its family.
    pub family: String,
    /// Its containers.
    #[serde(default)]
    pub container_definitions: Vec<ContainerDefinition>,
}

/// A container of a task definition.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDefinition {
    /// Its name.
    pub name: String,
    /// Its image; ours end in `@sha256:…`.
    pub image: String,
    /// Where it logs to.
    pub log_configuration: Option<LogConfiguration>,
    /// Memory in MiB, if limited by itself.
    pub memory: Option<u32>,
}

/// Where a container logs to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogConfiguration {
    /// `awslogs`, or another.
    pub log_driver: String,
    /// Its settings.
    #[serde(default)]
    pub options: LogOptions,
}

impl ContainerDefinition {
    /// Digest of its image, if it is named by one.
    pub fn digest(&self) -> Option<&str> {
        self.image.split_once('@').map(|(_, digest)| digest)
    }

    /// Log group, and stream of the task `id`.
    pub fn log(&self, id: &str) -> Option<(&str, String)> {
        let log = self.log_configuration.as_ref().filter(|log| log.log_driver == "awslogs")?;
        let prefix = log.options.get("awslogs-stream-prefix")?;
        Some((log.options.get("awslogs-group")?, format!("{prefix}/{}/{id}", self.name)))
    }
}

impl Ecs {
    /// The tasks of a service; with `stopped` those that stopped, which ECS remembers for about an hour.
    pub async fn tasks_of(&self, cluster: &str, service: &str, stopped: bool) -> Result<Vec<Task>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            task_arns: Vec<String>,
            next_token: Option<String>,
        }
        let desired = if stopped { "STOPPED" } else { "RUNNING" };
        let input = json!({ "cluster": cluster, "serviceName": service, "desiredStatus": desired });
        let split = |page: Output| (page.task_arns, page.next_token);
        let arns = self.0.pages("ListTasks", input, "nextToken", split).await?;
        self.tasks(cluster, &arns).await
    }

    /// Tasks by ARN, as far as ECS remembers them.
    pub async fn tasks(&self, cluster: &str, arns: &[String]) -> Result<Vec<Task>, Error> {
        #[derive(Deserialize)]
        struct Output {
            #[serde(default)]
            tasks: Vec<Task>,
        }
        let mut tasks = Vec::new();
        for arns in arns.chunks(AT_ONCE) {
            let output: Output = self.0.json("DescribeTasks", &json!({ "cluster": cluster, "tasks": arns })).await?;
            tasks.extend(output.tasks);
        }
        Ok(tasks)
    }

    /// A task definition by ARN, or by `family` for the newest.
    pub async fn task_definition(&self, name: &str) -> Result<TaskDefinition, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            task_definition: TaskDefinition,
        }
        let output: Output = self.0.json("DescribeTaskDefinition", &json!({ "taskDefinition": name })).await?;
        Ok(output.task_definition)
    }
}
