//! Whether the certificate of the environment's domain can be used.

use model::stack::Environment;

use super::Finding;
use crate::{
    Site,
    aws::acm::{Certificate, Certificates},
    deploy::{
        applied::{Applied, Zone},
        delegation::delegate,
    },
    terraform::{Configuration, State},
};

const CHECK: &str = "certificate";
const KIND: &str = "aws_acm_certificate";

pub(super) async fn look(
    site: &Site,
    environment: &Environment,
    planned: Option<(&Configuration, &State)>,
) -> Vec<Finding> {
    let host = environment.url.as_deref().and_then(|url| url.strip_prefix("https://"));
    let Some(host) = host.and_then(|host| host.split(['/', ':']).next()) else { return Vec::new() };
    match planned {
        // A certificate that Terraform made counts, whatever else there is of that name.
        Some((configuration, state)) if configuration.has(KIND) => {
            let mut findings = Vec::new();
            // Whoever may not read the state has no ARNs either.
            let zones = Applied::read(site).await.map(|applied| applied.zones()).unwrap_or_default();
            for arn in state.arns(KIND) {
                findings.push(made(site, host, arn, &zones).await);
            }
            if findings.is_empty() {
                findings.push(Finding::fine(CHECK, format!("there is none yet: the plan requests one for `{host}`")));
            }
            findings
        }
        _ => vec![brought(site, host).await],
    }
}

/// One that is in Terraform's state.
async fn made(site: &Site, host: &str, arn: &str, zones: &[Zone]) -> Finding {
    let account = arn.split(':').nth(3).map_or_else(|| site.account.clone(), |region| site.account.in_region(region));
    match Certificates::new(&account).describe(arn).await {
        Ok(certificate) => judge(host, &certificate, zones),
        Err(error) if error.code() == Some("ResourceNotFoundException") => {
            Finding::fine(CHECK, format!("that of `{host}` was removed: the plan requests another"))
        }
        Err(error) => Finding::unchecked(CHECK, &error, "acm:DescribeCertificate"),
    }
}

/// One that somebody else takes care of.
async fn brought(site: &Site, host: &str) -> Finding {
    let certificates = match Certificates::new(&site.account).list().await {
        Ok(certificates) => certificates,
        Err(error) => return Finding::unchecked(CHECK, &error, "acm:ListCertificates"),
    };
    best(certificates, host).map_or_else(
        || {
            let says = format!("there is none for `{host}` in {}", site.region);
            Finding::warning(CHECK, says, "request or import one in ACM, if this is where its certificate is to be")
        },
        |certificate| judge(host, &certificate, &[]),
    )
}

/// Of those for `host`, one that can be used, or that may become so.
fn best(certificates: Vec<Certificate>, host: &str) -> Option<Certificate> {
    let rank = |certificate: &Certificate| match certificate.status.as_str() {
        "ISSUED" => 0,
        "PENDING_VALIDATION" => 1,
        _ => 2,
    };
    certificates.into_iter().filter(|certificate| certificate.is_for(host)).min_by_key(rank)
}

fn judge(host: &str, certificate: &Certificate, zones: &[Zone]) -> Finding {
    match certificate.status.as_str() {
        "ISSUED" => Finding::fine(CHECK, format!("that of `{host}` is issued")),
        "PENDING_VALIDATION" => {
            let record = certificate.proof().map_or_else(
                || "its validation record".to_owned(),
                |record| format!("the CNAME `{}` -> `{}`", record.name, record.value),
            );
            let zones: Vec<_> = zones.iter().map(delegate).collect();
            let remedy = if zones.is_empty() {
                format!("have the name servers of `{host}` answer with {record}: delegate to its Route 53 zone")
            } else {
                format!("{}: then `{host}` answers with {record}", zones.join("; "))
            };
            Finding::warning(CHECK, format!("that of `{host}` waits for its validation by DNS"), remedy)
        }
        other => {
            let state = match other {
                "FAILED" => "failed".to_owned(),
                "VALIDATION_TIMED_OUT" => "was not validated within three days".to_owned(),
                "EXPIRED" => "has expired".to_owned(),
                "REVOKED" => "was revoked".to_owned(),
                other => format!("is `{other}`"),
            };
            let why = certificate.failure_reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            let remedy = match certificate.failure_reason.as_deref() {
                Some("CAA_ERROR") => {
                    "add `0 issue \"amazon.com\"` to the domain's CAA records, then remove it in the \
                                      ACM console and deploy again: another is requested"
                }
                _ => "remove it in the ACM console and deploy again: another is requested",
            };
            Finding::error(CHECK, format!("that of `{host}` {state}{why}"), remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn certificate(status: &str, more: &Value) -> Certificate {
        let mut told = json!({ "DomainName": "items.example.com", "Status": status });
        told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn the_one_that_can_be_used_is_looked_at() {
        let none = json!({});
        let all = ["EXPIRED", "PENDING_VALIDATION", "ISSUED", "FAILED"].map(|status| certificate(status, &none));
        assert_eq!(best(all.to_vec(), "items.example.com").unwrap().status, "ISSUED");
        assert_eq!(best(all[..2].to_vec(), "items.example.com").unwrap().status, "PENDING_VALIDATION");
        assert_eq!(best(all.to_vec(), "other.example.com"), None);
    }

    #[test]
    fn what_is_wrong_with_it_comes_with_its_remedy() {
        let record = json!({ "Name": "_a.items.example.com.", "Value": "_b.acm-validations.aws.", "Type": "CNAME" });
        let (none, servers) = (json!({}), vec!["ns-1.example.org".to_owned(), "ns-2.example.net".to_owned()]);
        let zone = Zone { name: "items.example.com".to_owned(), servers };
        let findings = [
            judge("items.example.com", &certificate("ISSUED", &json!({})), &[]),
            judge(
                "items.example.com",
                &certificate(
                    "PENDING_VALIDATION",
                    &json!({ "DomainValidationOptions": [{ "ResourceRecord": record }] }),
                ),
                &[],
            ),
            judge("items.example.com", &certificate("PENDING_VALIDATION", &none), &[zone]),
            judge("items.example.com", &certificate("FAILED", &json!({ "FailureReason": "CAA_ERROR" })), &[]),
            judge("items.example.com", &certificate("VALIDATION_TIMED_OUT", &none), &[]),
        ];
        insta::assert_snapshot!(super::super::Diagnosis::new(None, findings.to_vec()).text(true));
    }
}
