//! Identity and Access Management: roles, which no other service lists by their tags.

use aws_runtime::auth::SigningOptions;
use serde::Deserialize;

use super::{Account, Client, Error, Service, query::List};

/// The service, which is the same in every region.
pub static SERVICE: Service = Service { name: "IAM", id: "IAM", host: "iam", signing: "iam", api: "2010-05-08" };

/// Where it is signed for.
const REGION: &str = "us-east-1";

/// A tag.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(default)]
    pub value: String,
}

/// A role.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    #[serde(default)]
    tags: List<Tag>,
}

impl Role {
    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.member.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
    }
}

/// The role `name`, or none.
pub async fn role(account: &Account, name: &str) -> Result<Option<Role>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        role: Role,
    }
    let account = account.in_region(REGION);
    let endpoint = account.endpoint_override(&SERVICE).unwrap_or_else(|| "https://iam.amazonaws.com".to_owned());
    let client = Client::at(&SERVICE, &account, &endpoint, SigningOptions::default());
    match client.query::<Output>("GetRole", &[("RoleName".to_owned(), name.to_owned())]).await {
        Err(error) if error.code() == Some("NoSuchEntity") => Ok(None),
        other => Ok(Some(other?.role)),
    }
}
