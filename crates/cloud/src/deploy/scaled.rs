//! Brings the desired counts of scaled services into their ranges.
//!
//! Terraform leaves these counts to Application Auto Scaling, which heeds a new range only when next it scales: a service
//! that is paused would go on running, and one that is resumed has no tasks whose load could have it scaled.

use anyhow::Context;
use model::stack::Environment;

use crate::{Site, aws::ecs::Ecs, scheduled::targets};

/// Asks ECS for the nearest count in the range of each scaled service of `environment`.
pub(super) async fn set_counts(site: &Site, environment: &Environment) -> anyhow::Result<()> {
    let ecs = Ecs::new(&site.account);
    let targets = targets(&site.account, environment).await.context("reading how services are scaled")?;
    for (name, target) in targets {
        let service = &environment.services[name].service_name;
        let doing = || format!("reading the desired count of `{name}`");
        let found = ecs.services(&environment.cluster, std::slice::from_ref(service)).await;
        let Some(found) = found.with_context(doing)?.pop() else { continue };
        let wanted = found.desired_count.clamp(target.min_capacity, target.max_capacity.max(target.min_capacity));
        if wanted != found.desired_count {
            site.progress.note(&format!("`{name}`: desired count {} -> {wanted}", found.desired_count));
            let changed = ecs.set_desired_count(&environment.cluster, service, wanted).await;
            changed.with_context(|| format!("setting the desired count of `{name}` to {wanted}"))?;
        }
    }
    Ok(())
}
