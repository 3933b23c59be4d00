//! The state bucket, and who works on the states in it.

use anyhow::Context;

use super::{Finding, Level};
use crate::{
    aws::Error,
    deploy::{Target, bucket::State, lock},
    stack::FOUNDATION,
};

pub(super) async fn look(target: &Target) -> Vec<Finding> {
    let bucket = bucket(target).await.unwrap_or_else(|error| unread(&error));
    if bucket.level == Level::Error {
        return vec![bucket];
    }
    let mut findings = vec![bucket];
    for root in [target.name.as_str(), FOUNDATION] {
        match locked(target, root).await {
            Ok(finding) => findings.extend(finding),
            Err(error) => findings.push(Finding::failed("state lock", &error)),
        }
    }
    findings
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

async fn bucket(target: &Target) -> anyhow::Result<Finding> {
    const CHECK: &str = "state bucket";
    let name = target.bucket.name();
    let remedy = format!("`driftless bootstrap -e {}`", target.name);
    let state = State::of(&target.bucket, target.has_tls()).await?;
    Ok(if !state.exists {
        Finding::error(CHECK, format!("there is no `{name}`"), remedy)
    } else if state.lacks().is_empty() {
        Finding::fine(CHECK, format!("`{name}` is versioned, encrypted and private"))
    } else {
        Finding::warning(CHECK, format!("of `{name}` this is not so: {}", state.lacks().join("; ")), remedy)
    })
}

async fn locked(target: &Target, root: &str) -> anyhow::Result<Option<Finding>> {
    let bucket = if root == FOUNDATION { target.foundation()?.1 } else { target.bucket.clone() };
    let lock = lock(&bucket, root).await.context("looking for a lock")?;
    Ok(lock.map(|lock| {
        let says = format!("the state of `{root}` is locked: {}", lock.owner);
        let remedy = format!("wait for it; if that process is gone, `driftless unlock -e {}`", target.name);
        // The foundation is not touched by a deployment.
        if root == FOUNDATION {
            Finding::warning("state lock", says, remedy)
        } else {
            Finding::error("state lock", says, remedy)
        }
    }))
}
