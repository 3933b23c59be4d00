//! What is on AWS as an environment's, by its tags, and in no state of Terraform: a run that was killed made it and could not
//! say so.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    Site,
    aws::{Error, ec2::Networks, ecs::Ecs, iam, secretsmanager::Secrets, tagging},
    hooks,
    terraform::{Configuration, Retained, State},
};

/// Where what is of no region is listed, such as the certificates of a CDN.
const GLOBAL: &str = "us-east-1";

/// Parts of the ARNs of what comes and goes without Terraform, or is kept on purpose.
const OTHERS: [&str; 8] = [
    ":task/",
    ":task-definition/",
    ":network-interface/",
    ":snapshot:",
    ":cluster-snapshot:",
    ":snapshot/",
    ":recovery-point:",
    // A key stays for days after it was scheduled for deletion.
    ":kms:",
];

/// Parts of the ARNs of what outlives a release.
const KEPT: [&str; 2] = [":log-group:", ":secret:"];

/// How often, and after which time, AWS is asked again whether something is gone: it lists what was deleted for a while.
const TRIES: u32 = 7;
const PAUSE: Duration = Duration::from_secs(10);

/// The ARNs of what is tagged as the environment's and is not in `state`.
async fn outside(site: &Site, state: &State) -> Result<Vec<String>, Error> {
    let mut found = BTreeSet::new();
    for region in BTreeSet::from([site.region.as_str(), GLOBAL]) {
        found.extend(tagging::tagged(&site.account.in_region(region), &tags(site)).await?);
    }
    found.retain(|arn| !OTHERS.iter().any(|part| arn.contains(part)) && !state.has(arn));
    let mut outside = Vec::new();
    for arn in found {
        if !was_deleted(site, &arn).await {
            outside.push(arn);
        }
    }
    Ok(outside)
}

/// The tags that the roots give to everything.
fn tags(site: &Site) -> [(&str, &str); 3] {
    [("project", &site.project), ("environment", &site.environment), ("managed-by", "driftless")]
}

/// Has `retained` import what `configuration` has, the state has not, and exists under the name that it is to have, with the
/// environment's tags; and says what else is in no state. Where AWS may not be asked, Terraform finds out.
pub(super) async fn adopt(site: &Site, configuration: &Configuration, state: &State, retained: &mut Retained) {
    let mut outside = outside(site, state).await.unwrap_or_default();
    outside.retain(|arn| match address(configuration, state, arn) {
        Some(import) => {
            retained.imported.push(import);
            false
        }
        // Logs and the values of secrets outlive a release on purpose.
        None => !KEPT.iter().any(|part| arn.contains(part)),
    });
    for (name, called) in missing(configuration, state, "aws_iam_role") {
        let Ok(Some(role)) = iam::role(&site.account, called).await else { continue };
        if tags(site).iter().all(|(key, value)| role.tag(key) == Some(value)) {
            retained.imported.push((format!("aws_iam_role.{name}"), called.to_owned()));
        }
    }
    if !outside.is_empty() {
        site.progress.note(&format!(
            "tagged as those of `{}`, and in no state of Terraform; remove them if nothing uses them:",
            site.environment
        ));
    }
    for arn in outside {
        site.progress.note(&format!("  {arn}"));
    }
}

/// The resource of `configuration` that `arn` is, if it is one whose name nothing else can have; and the id that Terraform
/// imports it by.
fn address(configuration: &Configuration, state: &State, arn: &str) -> Option<(String, String)> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, path) = (parts.next()?, parts.nth(2)?);
    let segments: Vec<&str> = path.split('/').collect();
    let (kind, called, id) = match (service, &segments[..]) {
        ("ecs", ["cluster", name]) => ("aws_ecs_cluster", *name, (*name).to_owned()),
        ("ecs", ["service", cluster, name]) => ("aws_ecs_service", *name, format!("{cluster}/{name}")),
        ("elasticloadbalancing", ["loadbalancer", "app", name, _]) => ("aws_lb", *name, arn.to_owned()),
        ("elasticloadbalancing", ["targetgroup", name, _]) => ("aws_lb_target_group", *name, arn.to_owned()),
        _ => return None,
    };
    let (name, _) = missing(configuration, state, kind).find(|(_, other)| *other == called)?;
    Some((format!("{kind}.{name}"), id))
}

/// The resources of a type that the state has not: with the names that they are to have, where those are written down. A name
/// that Terraform works out is one that nobody else knows.
pub(super) fn missing<'a>(
    configuration: &'a Configuration,
    state: &'a State,
    kind: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let absent = configuration.resources(kind).filter(move |(name, _)| state.count(kind, name) == 0);
    absent.filter_map(move |(name, _)| {
        let called = configuration.argument(kind, name, "name").as_str()?;
        (!called.contains("${")).then_some((name, called))
    })
}

/// What of the environment is left on AWS after everything in its state was destroyed. Empty if AWS may not be asked.
pub async fn remains(site: &Site) -> Vec<String> {
    let mut left = Vec::new();
    for round in 0..TRIES {
        if round > 0 {
            hooks::clock().sleep(PAUSE).await;
        }
        match outside(site, &State::default()).await {
            // Logs of services that were removed before are kept on purpose.
            Ok(found) => left = found.into_iter().filter(|arn| !arn.contains(":log-group:")).collect(),
            Err(error) => {
                site.progress.note(&format!("whether something is left without Terraform is not known: {error}"));
                return Vec::new();
            }
        }
        if left.is_empty() {
            break;
        }
    }
    left
}

/// Whether it is only listed any more: a secret for as long as it can be restored, a NAT gateway and what ECS has for about an
/// hour.
async fn was_deleted(site: &Site, arn: &str) -> bool {
    let ecs = Ecs::new(&site.account);
    let path: Vec<&str> = arn.splitn(6, ':').last().unwrap_or_default().split('/').collect();
    match path[..] {
        _ if arn.contains(":secret:") => {
            let found = Secrets::new(&site.account).describe(arn).await;
            found.is_ok_and(|secret| secret.is_none_or(|secret| secret.deleted_date.is_some()))
        }
        ["natgateway", id] => Networks::new(&site.account).nat_gateway_is_deleted(id).await.unwrap_or_default(),
        ["cluster", cluster] if arn.contains(":ecs:") => ecs.has_cluster(cluster).await.is_ok_and(|exists| !exists),
        ["service", cluster, service] if arn.contains(":ecs:") => {
            if ecs.has_cluster(cluster).await.is_ok_and(|exists| !exists) {
                return true;
            }
            let services = ecs.services(cluster, &[service.to_owned()]).await;
            services.is_ok_and(|services| services.iter().all(|service| service.status == "DRAINING"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_name_of_its_own_is_imported_and_nothing_else() {
        let configuration = Configuration::parse(
            r#"{ "resource": {
                "aws_ecs_cluster": { "main": { "name": "items-dev" } },
                "aws_ecs_service": { "web": { "name": "frontend" } },
                "aws_lb_target_group": { "backend": { "name": "items-dev-backend" }, "other": { "name": "${local.name}" } }
            } }"#,
        );
        let state = State::parse(
            br#"{ "resources": [{ "mode": "managed", "type": "aws_ecs_cluster", "name": "there", "instances": [{}] }] }"#,
        );
        let state = state.unwrap();
        let found = |arn: &str| address(&configuration, &state, arn);
        let import = |address: &str, id: &str| Some((address.to_owned(), id.to_owned()));
        let ecs = "arn:aws:ecs:us-east-1:123456789012";
        assert_eq!(found(&format!("{ecs}:cluster/items-dev")), import("aws_ecs_cluster.main", "items-dev"));
        assert_eq!(found(&format!("{ecs}:cluster/other")), None);
        assert_eq!(
            found(&format!("{ecs}:service/items-dev/frontend")),
            import("aws_ecs_service.web", "items-dev/frontend")
        );
        let group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/items-dev-backend/abc";
        assert_eq!(found(group), import("aws_lb_target_group.backend", group));
        assert_eq!(found("arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"), None);
        let state = State::parse(
            br#"{ "resources": [{ "mode": "managed", "type": "aws_ecs_cluster", "name": "main", "instances": [{}] }] }"#,
        );
        assert_eq!(address(&configuration, &state.unwrap(), &format!("{ecs}:cluster/items-dev")), None);
    }
}
