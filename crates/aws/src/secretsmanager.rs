//! Secrets Manager. Values go in and never come out: only tasks read them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Account, Client, Error, Service};

/// The service.
pub static SERVICE: Service = Service {
    name: "Secrets Manager",
    id: "Secrets Manager",
    host: "secretsmanager",
    signing: "secretsmanager",
    api: "secretsmanager",
};

/// The label of the version that tasks get if they name none.
const CURRENT: &str = "AWSCURRENT";

/// The secrets of an account in a region.
#[derive(Clone, Debug)]
pub struct Secrets(Client);

/// What is known about a secret besides its value.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    /// Its ARN, with the suffix that AWS adds to the name.
    #[serde(rename = "ARN")]
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Labels by version id.
    #[serde(default)]
    version_ids_to_stages: BTreeMap<String, Vec<String>>,
    /// When it was scheduled for deletion.
    pub deleted_date: Option<super::Time>,
}

impl Secret {
    /// The current version, or none if it has no value yet.
    pub fn version(&self) -> Option<&str> {
        let mut versions = self.version_ids_to_stages.iter();
        versions.find(|(_, stages)| stages.iter().any(|stage| stage == CURRENT)).map(|(version, _)| version.as_str())
    }
}

impl Secrets {
    /// The secrets of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// What is known about the secret `name`, or none.
    pub async fn describe(&self, name: &str) -> Result<Option<Secret>, Error> {
        let found = self.0.json("DescribeSecret", &json!({ "SecretId": name })).await;
        match found {
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            other => other.map(Some),
        }
    }

    /// Gives the secret `name` a new value, and returns the version that it made. `token` makes a repetition harmless.
    pub async fn put(&self, name: &str, value: &str, token: &str) -> Result<String, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output {
            version_id: String,
        }
        let input = json!({ "SecretId": name, "SecretString": value, "ClientRequestToken": token });
        let output: Output = self.0.json("PutSecretValue", &input).await?;
        Ok(output.version_id)
    }
}
