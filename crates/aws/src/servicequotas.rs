//! Service Quotas: how much of something an account may have.

use serde::Deserialize;
use serde_json::json;

use super::{Account, Error, Service};

/// The service.
pub static SERVICE: Service = Service {
    name: "Service Quotas",
    id: "Service Quotas",
    host: "servicequotas",
    signing: "servicequotas",
    api: "ServiceQuotasV20190624",
};

/// The quota `code` of `service`, in the account's region.
pub async fn quota(account: &Account, service: &str, code: &str) -> Result<f64, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        quota: Quota,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Quota {
        value: f64,
    }
    let client = account.client(&SERVICE);
    let input = json!({ "ServiceCode": service, "QuotaCode": code });
    let output: Output = match client.json("GetServiceQuota", &input).await {
        // Some that nobody ever changed are known by their default alone.
        Err(error) if error.code() == Some("NoSuchResourceException") => {
            client.json("GetAWSDefaultServiceQuota", &input).await?
        }
        other => other?,
    };
    Ok(output.quota.value)
}
