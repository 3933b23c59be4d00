//! Security Token Service: who we are.

use serde::Deserialize;

use super::{Account, Error, Service};

/// The service.
pub static SERVICE: Service = Service { name: "STS", id: "STS", host: "sts", signing: "sts", api: "2011-06-15" };

/// Whom AWS takes us for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Caller {
    /// Account number, twelve digits.
    #[serde(rename = "Account")]
    pub account: String,
    /// The user or role.
    #[serde(rename = "Arn")]
    pub arn: String,
}

/// Asks AWS who we are; any credentials may.
pub async fn caller(account: &Account) -> Result<Caller, Error> {
    account.client(&SERVICE).query("GetCallerIdentity", &[]).await
}
