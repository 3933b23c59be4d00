//! Whether the certificate of the environment's domain can be used.

use serde::Deserialize;
use serde_json::json;

use super::Finding;
use crate::{aws::Service, deploy::Target};

static SERVICE: Service = Service { name: "ACM", id: "ACM", host: "acm", signing: "acm", api: "CertificateManager" };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    certificate_summary_list: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    domain_name: String,
    status: Option<String>,
}

pub(super) async fn look(target: &Target) -> Option<Finding> {
    const CHECK: &str = "certificate";
    let host = target.environment().url.as_ref()?.strip_prefix("https://")?.split(['/', ':']).next()?.to_owned();
    let answer: Answer = match target.account.client(&SERVICE).json("ListCertificates", &json!({})).await {
        Ok(answer) => answer,
        Err(error) => return Some(Finding::unchecked(CHECK, &error, "acm:ListCertificates")),
    };
    let found = answer.certificate_summary_list.into_iter().find(|certificate| certificate.domain_name == host)?;
    Some(match found.status?.as_str() {
        "ISSUED" => Finding::fine(CHECK, format!("that of `{host}` is issued")),
        "PENDING_VALIDATION" => Finding::warning(
            CHECK,
            format!("that of `{host}` waits for its validation"),
            format!("the name servers of `{host}` must be those of its Route 53 zone, or have its validation record"),
        ),
        other => Finding::error(
            CHECK,
            format!("that of `{host}` is {}", other.to_lowercase().replace('_', " ")),
            "remove it in the ACM console and deploy again: another is made",
        ),
    })
}
