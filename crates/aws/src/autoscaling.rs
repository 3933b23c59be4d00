//! Application Auto Scaling: between which numbers of tasks a service is scaled.

use serde::Deserialize;
use serde_json::json;

use super::{Account, Error, Service};

/// The service.
pub static SERVICE: Service = Service {
    name: "Application Auto Scaling",
    id: "Application Auto Scaling",
    host: "application-autoscaling",
    signing: "application-autoscaling",
    api: "AnyScaleFrontendService",
};

/// A service that is scaled.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    /// `service/CLUSTER/SERVICE`
    pub resource_id: String,
    /// The fewest tasks.
    pub min_capacity: u32,
    /// The most tasks.
    pub max_capacity: u32,
    /// What of its scaling is suspended.
    pub suspended_state: Option<Suspended>,
}

/// What of a target's scaling is suspended.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Suspended {
    /// Schedules change nothing.
    #[serde(default)]
    pub scheduled_scaling_suspended: bool,
}

/// How the services `ids` of ECS are scaled; without those that are not.
pub async fn targets(account: &Account, ids: &[String]) -> Result<Vec<Target>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        #[serde(default)]
        scalable_targets: Vec<Target>,
        next_token: Option<String>,
    }
    let input = json!({ "ServiceNamespace": "ecs", "ResourceIds": ids });
    let client = account.client(&SERVICE);
    client
        .pages("DescribeScalableTargets", input, "NextToken", |output: Output| {
            (output.scalable_targets, output.next_token)
        })
        .await
}
