//! Whether the account may run as many tasks as the stack wants.

use serde::Deserialize;
use serde_json::json;

use super::Finding;
use crate::{aws::Service, deploy::Target};

static SERVICE: Service = Service {
    name: "Service Quotas",
    id: "Service Quotas",
    host: "servicequotas",
    signing: "servicequotas",
    api: "ServiceQuotasV20190624",
};

/// Virtual CPUs of Fargate on demand; new accounts have few.
const FARGATE: &str = "L-3032A538";

/// While a release rolls, old and new tasks run side by side.
const ROLLING: f64 = 2.0;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    quota: Quota,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Quota {
    value: f64,
}

pub(super) async fn look(target: &Target) -> Finding {
    const CHECK: &str = "quota";
    let input = json!({ "ServiceCode": "fargate", "QuotaCode": FARGATE });
    let answer: Answer = match target.account.client(&SERVICE).json("GetServiceQuota", &input).await {
        Ok(answer) => answer,
        Err(error) => return Finding::unchecked(CHECK, &error, "servicequotas:GetServiceQuota"),
    };
    let services = target.environment().services.values();
    let wanted: f64 = services.map(|service| f64::from(service.cpu * service.tasks) / 1024.0).sum::<f64>() * ROLLING;
    let allowed = answer.quota.value;
    let says = format!("a rollout needs {wanted} vCPU of Fargate, the account may have {allowed}");
    if wanted > allowed {
        Finding::error(CHECK, says, format!("ask for more in the Service Quotas console: Fargate, {FARGATE}"))
    } else {
        Finding::fine(CHECK, says)
    }
}
