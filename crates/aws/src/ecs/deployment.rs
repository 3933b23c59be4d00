//! Service deployments: one attempt to bring a service to a revision, and its outcome.

use serde::Deserialize;
use serde_json::json;

use super::Ecs;
use crate::{Error, Time};

/// ECS describes at most so many in one call.
const AT_ONCE: usize = 20;

/// An attempt to bring a service to a revision.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDeployment {
    /// Its ARN.
    pub service_deployment_arn: String,
    /// `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `STOPPED`, `STOP_REQUESTED`, `ROLLBACK_REQUESTED`,
    /// `ROLLBACK_IN_PROGRESS`, `ROLLBACK_SUCCESSFUL`, `ROLLBACK_FAILED`.
    pub status: String,
    /// Why, as a sentence.
    pub status_reason: Option<String>,
    /// When it was made.
    pub created_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// What it brings the service to.
    pub target_service_revision: Option<Revision>,
    /// What it replaces; empty for the first one ever.
    #[serde(default)]
    pub source_service_revisions: Vec<Revision>,
    /// What failing tasks have come to.
    pub deployment_circuit_breaker: Option<CircuitBreaker>,
    /// What alarms have come to.
    pub alarms: Option<Alarms>,
    /// Where it goes back to.
    pub rollback: Option<Rollback>,
}

/// How many tasks of a service deployment are of which revision.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// The revision's ARN.
    #[serde(alias = "serviceRevisionArn")]
    pub arn: String,
    /// Tasks wanted.
    #[serde(default)]
    pub requested_task_count: u32,
    /// Tasks that run.
    #[serde(default)]
    pub running_task_count: u32,
    /// Tasks that start.
    #[serde(default)]
    pub pending_task_count: u32,
}

/// The circuit breaker of a service deployment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CircuitBreaker {
    /// `TRIGGERED`, `MONITORING`, `MONITORING_COMPLETE` or `DISABLED`.
    #[serde(default)]
    pub status: String,
    /// Tasks that failed.
    #[serde(default)]
    pub failure_count: u32,
    /// Failures that trigger it.
    #[serde(default)]
    pub threshold: u32,
}

/// The alarms of a service deployment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alarms {
    /// `TRIGGERED`, `MONITORING`, `MONITORING_COMPLETE` or `DISABLED`.
    #[serde(default)]
    pub status: String,
    /// Those that are looked at.
    #[serde(default)]
    pub alarm_names: Vec<String>,
    /// Those that went off.
    #[serde(default)]
    pub triggered_alarm_names: Vec<String>,
}

/// The way back.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollback {
    /// Why, as a sentence.
    pub reason: Option<String>,
    /// The revision that it goes back to.
    pub service_revision_arn: Option<String>,
}

impl Ecs {
    /// The newest service deployments of a service, newest first; at most twenty.
    pub async fn service_deployments(&self, cluster: &str, service: &str) -> Result<Vec<ServiceDeployment>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            service_deployments: Vec<Brief>,
            next_token: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Brief {
            service_deployment_arn: String,
            created_at: Option<Time>,
        }
        // In which order they come is documented nowhere: the newest may be on any page.
        let input = json!({ "cluster": cluster, "service": service, "maxResults": 100 });
        let split = |page: Output| (page.service_deployments, page.next_token);
        let mut briefs = self.0.pages("ListServiceDeployments", input, "nextToken", split).await?;
        briefs.sort_by_key(|brief| std::cmp::Reverse(brief.created_at));
        let arns: Vec<_> = briefs.into_iter().map(|brief| brief.service_deployment_arn).collect();
        let mut deployments = self.describe_service_deployments(&arns[..arns.len().min(AT_ONCE)]).await?;
        deployments.sort_by_key(|deployment| std::cmp::Reverse(deployment.created_at));
        Ok(deployments)
    }

    /// Service deployments by ARN, at most twenty.
    pub async fn describe_service_deployments(&self, arns: &[String]) -> Result<Vec<ServiceDeployment>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            service_deployments: Vec<ServiceDeployment>,
        }
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let output: Output =
            self.0.json("DescribeServiceDeployments", &json!({ "serviceDeploymentArns": arns })).await?;
        Ok(output.service_deployments)
    }

    /// The task definitions of service revisions, by the revision's ARN; at most twenty.
    pub async fn revisions(&self, arns: &[String]) -> Result<Vec<(String, String)>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Output {
            #[serde(default)]
            service_revisions: Vec<Described>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Described {
            service_revision_arn: String,
            task_definition: String,
        }
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let output: Output = self.0.json("DescribeServiceRevisions", &json!({ "serviceRevisionArns": arns })).await?;
        let pair = |revision: Described| (revision.service_revision_arn, revision.task_definition);
        Ok(output.service_revisions.into_iter().map(pair).collect())
    }

    /// Stops a service deployment in progress: back to the last one that succeeded. `ROLLBACK` is the one kind of stop that the API
    /// takes, though its model names another:
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html>
    pub async fn stop_service_deployment(&self, arn: &str) -> Result<(), Error> {
        let input = json!({ "serviceDeploymentArn": arn, "stopType": "ROLLBACK" });
        let _: serde::de::IgnoredAny = self.0.json("StopServiceDeployment", &input).await?;
        Ok(())
    }
}
