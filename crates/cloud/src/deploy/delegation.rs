//! The zone that a deployment created: a certificate is validated, and the domain found, only once the zone's parent points
//! to its name servers. AWS waits for that in silence, so the name servers are printed as soon as they are known.

use std::{convert::Infallible, future, time::Duration};

use super::applied::{Applied, Zone};
use crate::{
    Site,
    terraform::{Action, SavedPlan},
};

/// How often the state is read: Terraform writes it every 20 seconds at the most.
const PAUSE: Duration = Duration::from_secs(5);

/// The resource that waits for a certificate's validation.
const WAITS: &str = "aws_acm_certificate_validation";

/// Prints, while `plan` is being applied, where the zones have to be delegated to that it waits for.
pub(super) async fn print(site: &Site, plan: &SavedPlan) -> Infallible {
    let mut changes = plan.plan.changes();
    if changes.any(|resource| resource.kind == WAITS && resource.change.action() != Action::Destroy) {
        let zones = loop {
            // What cannot be read now may be later, and the apply has errors of its own.
            let zones = Applied::read(site).await.map(|applied| applied.zones()).unwrap_or_default();
            if !zones.is_empty() {
                break zones;
            }
            tokio::time::sleep(PAUSE).await;
        };
        for zone in zones {
            site.progress.note(&format!("{}; the certificate waits for that", delegate(&zone)));
        }
    }
    future::pending().await
}

/// What has to be done for `zone` to be found.
pub(super) fn delegate(Zone { name, servers }: &Zone) -> String {
    format!("where `{name}` is registered, or in the zone above it, point its NS record to {}", servers.join(", "))
}
