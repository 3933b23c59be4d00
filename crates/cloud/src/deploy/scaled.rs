//! Brings the desired counts of scaled services into the range that was applied.
//!
//! Terraform leaves these counts to Application Auto Scaling, which heeds a new range only when next it scales: a service
//! that is paused would go on running, and one that is resumed has no tasks whose load could have it scaled.

use anyhow::Context;
use model::stack::Environment;

use super::applied::Applied;
use crate::{Site, aws::ecs::Ecs, terraform::Variables};

/// Asks ECS for the nearest count in the range of each scaled service of `environment`.
pub(super) async fn set_counts(
    site: &Site,
    environment: &Environment,
    variables: &Variables,
    applied: &Applied,
) -> anyhow::Result<()> {
    let ecs = Ecs::new(&site.account);
    for (name, service) in &environment.services {
        let Some((least, most)) = applied.range(environment, service) else { continue };
        if variables.tasks.contains_key(name) && applied.is_scheduled(environment, service) {
            site.progress.note(&format!("`{name}` has a `schedule`: its next change sets other numbers of tasks"));
        }
        let doing = || format!("reading the desired count of `{name}`");
        let found = ecs.services(&environment.cluster, std::slice::from_ref(&service.service_name)).await;
        let Some(found) = found.with_context(doing)?.pop() else { continue };
        let wanted = found.desired_count.clamp(least, most.max(least));
        if wanted != found.desired_count {
            site.progress.note(&format!("`{name}`: desired count {} -> {wanted}", found.desired_count));
            let changed = ecs.set_desired_count(&environment.cluster, &service.service_name, wanted).await;
            changed.with_context(|| format!("setting the desired count of `{name}` to {wanted}"))?;
        }
    }
    Ok(())
}
