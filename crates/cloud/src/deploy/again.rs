//! Begins again what ECS gave up: in a service whose deployment was stopped, or failed, Terraform finds nothing to change.

use std::time::Duration;

use anyhow::Context;

use crate::{
    Site,
    aws::ecs::Ecs,
    hooks,
    rollout::{Expected, Limits, watch},
};

/// How often ECS is asked whether it has begun.
const PAUSE: Duration = Duration::from_secs(2);

/// Has ECS begin a new deployment of each service whose newest one is of what `expected` says and has ended without
/// success. What is paused has nothing to begin.
pub(super) async fn begin(site: &Site, cluster: &str, expected: &[Expected]) -> anyhow::Result<()> {
    for expected in expected.iter().filter(|expected| !expected.is_paused() && !expected.asleep) {
        let Some(ended) = watch::given_up(&site.account, cluster, expected).await? else { continue };
        let name = &expected.service;
        site.progress.note(&format!("`{name}`: its last deployment failed or was stopped; ECS begins another"));
        let asked = Ecs::new(&site.account).deploy_again(cluster, &expected.service_name).await;
        asked.with_context(|| format!("beginning another deployment of `{name}`"))?;
        let clock = hooks::clock();
        let since = clock.now();
        // It is listed a little later. Should it never be, the verdict says what there is.
        while watch::given_up(&site.account, cluster, expected).await?.as_ref() == Some(&ended) {
            if clock.now().duration_since(since).unsigned_abs() >= Limits::default().begin {
                break;
            }
            clock.sleep(PAUSE).await;
        }
    }
    Ok(())
}
