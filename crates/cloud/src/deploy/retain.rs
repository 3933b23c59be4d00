//! What a plan keeps of an environment though the release does not name it, and what it takes back of that.

use super::{applied, orphans};
use crate::{
    Site,
    aws::{Error, logs::Logs, secretsmanager::Secrets},
    terraform::{Configuration, RETAINED, Retained},
};

/// Compares the resources that outlive a release: those in the state, those in `configuration`, and those that exist.
pub(super) async fn retained(site: &Site, configuration: &Configuration) -> anyhow::Result<Retained> {
    let state = applied::state(site).await?.unwrap_or_default();
    let mut retained = Retained::default();
    for kind in RETAINED {
        let gone = state.names(kind).filter(|name| !configuration.declares(kind, name));
        retained.removed.extend(gone.map(|name| format!("{kind}.{name}")));
        for (name, called) in orphans::missing(configuration, &state, kind) {
            // Whoever may not look lets Terraform find out.
            if let Ok(Some(id)) = existing(site, kind, called).await {
                retained.imported.push((format!("{kind}.{name}"), id));
            }
        }
    }
    orphans::adopt(site, configuration, &state, &mut retained).await;
    Ok(retained)
}

/// The id that Terraform imports a resource by; none if there is no such resource.
async fn existing(site: &Site, kind: &str, name: &str) -> Result<Option<String>, Error> {
    match kind {
        "aws_cloudwatch_log_group" => {
            let exists = Logs::new(&site.account).has_group(name).await?;
            Ok(exists.then(|| name.to_owned()))
        }
        "aws_secretsmanager_secret" => {
            let found = Secrets::new(&site.account).describe(name).await?;
            Ok(found.filter(|secret| secret.deleted_date.is_none()).map(|secret| secret.arn))
        }
        _ => Ok(None),
    }
}
