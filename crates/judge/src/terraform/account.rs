//! The roles and policies that a root describes.

use serde_json::{Value, json};

use super::root::{Attributes, Root};
use crate::access::{Account, Document, Named, Owned, ResourcePolicy, Role};

/// Resources that may have a policy: their type, the type that attaches one apart, and how that names the resource.
const OWNERS: &[[&str; 3]] = &[
    ["aws_s3_bucket", "aws_s3_bucket_policy", "bucket"],
    ["aws_kms_key", "aws_kms_key_policy", "key_id"],
    ["aws_sns_topic", "aws_sns_topic_policy", "arn"],
    ["aws_secretsmanager_secret", "aws_secretsmanager_secret_policy", "secret_arn"],
    ["aws_ecr_repository", "aws_ecr_repository_policy", "repository"],
    ["aws_efs_file_system", "aws_efs_file_system_policy", "file_system_id"],
];

/// Resources that have none.
const OTHERS: &[&str] =
    &["aws_cloudwatch_log_group", "aws_db_instance", "aws_ecs_cluster", "aws_ecs_service", "aws_efs_access_point"];

pub(super) fn account(root: &Root) -> Account {
    let mut account = Account { id: root.account.clone(), unknown: root.unknown.clone(), ..Account::default() };
    for (address, role) in root.of("aws_iam_role") {
        account.roles.insert(address.to_owned(), described(root, address, &role));
    }
    for [kind, attaching, name] in OWNERS {
        for (address, values) in root.of(kind) {
            let attached =
                root.of(attaching).find(|(_, attached)| attached.refer_to(name, kind).as_deref() == Some(address));
            let policy = match attached {
                Some((_, attached)) => attached.text("policy"),
                None => values.text("policy"),
            };
            let policy = match policy {
                Some(text) => resource_policy(&text),
                None if *kind == "aws_kms_key" => default_key_policy(root),
                None => ResourcePolicy::None,
            };
            own(root, &mut account, address, policy);
        }
    }
    for (address, _) in OTHERS.iter().flat_map(|kind| root.of(kind)) {
        own(root, &mut account, address, ResourcePolicy::None);
    }
    account
}

fn own(root: &Root, account: &mut Account, address: &str, policy: ResourcePolicy) {
    if let Some(arn) = root.arn(address) {
        account.resources.insert(address.to_owned(), Owned { arn, policy });
    }
}

fn described(root: &Root, address: &str, role: &Attributes<'_>) -> Role {
    let mut identity = Named::new();
    for (attached, policy) in root.of("aws_iam_role_policy") {
        if policy.refer_to("role", "aws_iam_role").is_some_and(|own| own == address) {
            let name = policy.text("name").unwrap_or_else(|| attached.to_owned());
            identity.insert(name, policy.text("policy").and_then(|text| Document::parse(&text).ok()));
        }
    }
    for block in role.blocks("inline_policy") {
        let name = block.text("name").unwrap_or_default();
        identity.insert(name, block.text("policy").and_then(|text| Document::parse(&text).ok()));
    }
    let mut managed = role.refer_all("managed_policy_arns");
    for (_, attachment) in root.of("aws_iam_role_policy_attachment") {
        if attachment.refer_to("role", "aws_iam_role").is_some_and(|own| own == address) {
            managed.extend(attachment.refer("policy_arn"));
        }
    }
    for policy in managed {
        let (name, document) = managed_policy(root, &policy);
        identity.insert(name, document);
    }
    Role {
        arn: root.arn(address).unwrap_or_default(),
        trust: role.text("assume_role_policy").map_or(ResourcePolicy::Unknown, |text| resource_policy(&text)),
        identity,
        boundary: role.refer("permissions_boundary").map(|policy| Named::from([managed_policy(root, &policy)])),
    }
}

/// A managed policy of this root, or one of which only the name is known.
fn managed_policy(root: &Root, name: &str) -> (String, Option<Document>) {
    let text = root.get(name).and_then(|policy| policy.text("policy"));
    (name.to_owned(), text.and_then(|text| Document::parse(&text).ok()))
}

fn resource_policy(text: &str) -> ResourcePolicy {
    Document::parse(text).map_or(ResourcePolicy::Unknown, ResourcePolicy::Is)
}

/// KMS developer guide, "Default key policy".
fn default_key_policy(root: &Root) -> ResourcePolicy {
    let policy: Value = json!({
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Principal": {"AWS": format!("arn:aws:iam::{}:root", root.account)}
        }
    });
    Document::try_from(policy).map_or(ResourcePolicy::Unknown, ResourcePolicy::Is)
}
