//! Certificate Manager: the certificates of load balancers and of the CDN.

use serde::Deserialize;
use serde_json::json;

use super::{Account, Client, Error, Service};

/// The service.
pub static SERVICE: Service =
    Service { name: "ACM", id: "ACM", host: "acm", signing: "acm", api: "CertificateManager" };

/// Without them, only certificates with RSA keys of up to 2048 bits are listed.
const KEY_TYPES: [&str; 7] =
    ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

/// The certificates of an account in a region.
#[derive(Clone, Debug)]
pub struct Certificates(Client);

/// A certificate.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    /// Its first name.
    pub domain_name: String,
    /// All its names, or the first hundred.
    #[serde(default, alias = "SubjectAlternativeNameSummaries")]
    subject_alternative_names: Vec<String>,
    /// `ISSUED`, `PENDING_VALIDATION`, `FAILED`, …
    pub status: String,
    /// Why it failed, as a code such as `CAA_ERROR`.
    pub failure_reason: Option<String>,
    /// How each name is proved.
    #[serde(default)]
    domain_validation_options: Vec<Validation>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct Validation {
    resource_record: Option<DnsRecord>,
}

/// A record in the DNS.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct DnsRecord {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Certificate {
    /// Whether a visitor of `host` is shown it: by its names, of which one may begin with `*.`.
    pub fn is_for(&self, host: &str) -> bool {
        let parent = host.split_once('.').map(|(_, parent)| parent);
        let names = self.subject_alternative_names.iter().chain([&self.domain_name]);
        names.into_iter().any(|name| match name.strip_prefix("*.") {
            Some(zone) => parent.is_some_and(|parent| parent.eq_ignore_ascii_case(zone)),
            None => name.eq_ignore_ascii_case(host),
        })
    }

    /// The first DNS record that proves one of its names.
    pub fn proof(&self) -> Option<&DnsRecord> {
        self.domain_validation_options.iter().find_map(|option| option.resource_record.as_ref())
    }
}

impl Certificates {
    /// The certificates of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// The certificate `arn`.
    pub async fn describe(&self, arn: &str) -> Result<Certificate, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            certificate: Certificate,
        }
        let output: Output = self.0.json("DescribeCertificate", &json!({ "CertificateArn": arn })).await?;
        Ok(output.certificate)
    }

    /// All there are, whatever their state and key.
    pub async fn list(&self) -> Result<Vec<Certificate>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            #[serde(default)]
            certificate_summary_list: Vec<Certificate>,
            next_token: Option<String>,
        }
        let input = json!({ "Includes": { "keyTypes": KEY_TYPES }, "MaxItems": 1000 });
        let split = |page: Output| (page.certificate_summary_list, page.next_token);
        self.0.pages("ListCertificates", input, "NextToken", split).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_for_its_names_and_for_one_label_below_a_star() {
        let text = r#"{"DomainName": "example.com", "Status": "ISSUED",
                       "SubjectAlternativeNameSummaries": ["example.com", "*.shop.example.com"]}"#;
        let certificate: Certificate = serde_json::from_str(text).unwrap();
        for (host, expected) in [
            ("example.com", true),
            ("Example.COM", true),
            ("items.example.com", false),
            ("a.shop.example.com", true),
            ("a.b.shop.example.com", false),
            ("shop.example.com", false),
        ] {
            assert_eq!(certificate.is_for(host), expected, "{host}");
        }
    }
}
