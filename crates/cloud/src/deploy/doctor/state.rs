//! The state bucket, and who works on the states in it.

use anyhow::Context;
use model::stack::{FOUNDATION, Stack};

use super::{Finding, Level};
use crate::{
    Site,
    aws::Error,
    deploy::{Lock, bucket::State, lock},
};

/// What is found, and the lock on the environment's state.
pub(super) async fn look(site: &Site, stack: &Stack) -> (Vec<Finding>, Option<Lock>) {
    let bucket = bucket(site).await.unwrap_or_else(|error| unread(&error));
    if bucket.level == Level::Error {
        return (vec![bucket], None);
    }
    let (mut findings, mut own) = (vec![bucket], None);
    for root in [site.environment.as_str(), FOUNDATION] {
        match held(site, stack, root).await {
            Ok(lock) => {
                findings.extend(lock.as_ref().map(|lock| locked(site, lock)));
                own = own.or(lock.filter(|lock| lock.root != FOUNDATION));
            }
            Err(error) => findings.push(Finding::failed("state lock", &error)),
        }
    }
    (findings, own)
}

/// It is there, but its settings may not be looked at; or nobody can tell whether it is.
fn unread(error: &anyhow::Error) -> Finding {
    const CHECK: &str = "state bucket";
    match error.downcast_ref::<Error>() {
        Some(refused) if refused.code() == Some("AccessDenied") => {
            Finding::unchecked(CHECK, refused, "s3:GetBucket*` and `s3:GetEncryptionConfiguration")
        }
        _ => Finding::failed(CHECK, error),
    }
}

async fn bucket(site: &Site) -> anyhow::Result<Finding> {
    const CHECK: &str = "state bucket";
    let name = site.bucket.name();
    let remedy = format!("`driftless bootstrap -e {}`", site.environment);
    let state = State::of(&site.bucket, site.has_tls()).await?;
    Ok(if !state.exists {
        Finding::error(CHECK, format!("there is no `{name}`"), remedy)
    } else if state.lacks().is_empty() {
        Finding::fine(CHECK, format!("`{name}` is versioned, encrypted and private"))
    } else {
        Finding::warning(CHECK, format!("of `{name}` this is not so: {}", state.lacks().join("; ")), remedy)
    })
}

async fn held(site: &Site, stack: &Stack, root: &str) -> anyhow::Result<Option<Lock>> {
    let bucket = if root == FOUNDATION { site.foundation_bucket(stack)? } else { site.bucket.clone() };
    lock(&bucket, root).await.context("looking for a lock")
}

fn locked(site: &Site, Lock { root, owner }: &Lock) -> Finding {
    let says = format!("the state of `{root}` is locked: {owner}");
    let remedy = format!("wait for it; if that process has ended, `driftless unlock -e {}`", site.environment);
    // The foundation is not touched by a deployment.
    if root == FOUNDATION {
        Finding::warning("state lock", says, remedy)
    } else {
        Finding::error("state lock", says, remedy)
    }
}
