//! Whether it is the region that gives no answer, and not the credentials.

use model::stack::Stack;

use super::Finding;
use crate::aws::{Account, Error, Settings, sts};

/// After nobody could be asked who we are: looks whether the same credentials are known in a region that every account has.
///
/// A region that must be enabled first says that it does not know them, and one that does not exist has no address.
pub async fn unanswered(stack: &Stack, environment: Option<&str>, error: &anyhow::Error) -> Option<Finding> {
    hint::find::<Error>(error)?;
    let environment = match environment {
        Some(name) => stack.environments.get(name)?,
        None => stack.environments.values().next()?,
    };
    let region = &environment.region;
    let home = if region.starts_with("cn-") { "cn-north-1" } else { "us-east-1" };
    if region == home {
        return None;
    }
    let account = Account::load(&Settings { region: Some(home.to_owned()), ..Settings::default() }).await;
    let caller = sts::caller(&account).await.ok()?;
    Some(Finding::error(
        "region",
        format!("`{region}` does not know these credentials, which {home} says are of account {}", caller.account),
        format!("enable it, with `aws account enable-region --region-name {region}`; or name another in infra.nix"),
    ))
}
