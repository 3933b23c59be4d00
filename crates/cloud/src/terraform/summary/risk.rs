//! What is at stake when a resource changes.

use serde::Serialize;
use serde_json::Value;

use crate::terraform::plan::{Action, PlannedChange};

/// A named reason to look twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Risk {
    /// Of which kind.
    pub threat: Threat,
    /// Why, in a few words.
    pub reason: String,
}

/// Kinds of risk, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Threat {
    /// What is stored there is gone for good.
    DataLoss,
    /// Requests fail for a while.
    Downtime,
    /// It is made again, under another identity.
    Replacement,
}

impl Threat {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::DataLoss => "data loss",
            Self::Downtime => "downtime",
            Self::Replacement => "replacement",
        }
    }
}

/// Types that hold what cannot be made again, and what that is: what is missed most comes first.
const STORES: [(&str, &str); 15] = [
    ("aws_db_instance", "the database"),
    ("aws_rds_cluster", "the database"),
    ("aws_dynamodb_table", "the table"),
    ("aws_efs_file_system", "its files"),
    ("aws_ebs_volume", "the volume"),
    ("aws_s3_bucket", "its objects"),
    ("aws_kms_key", "everything that it encrypts"),
    ("aws_secretsmanager_secret", "its value"),
    ("aws_ssm_parameter", "its value"),
    ("aws_route53_zone", "its records, and the name servers that the domain points at"),
    ("aws_sqs_queue", "its messages"),
    ("aws_efs_access_point", "the way to its files"),
    ("aws_elasticache_replication_group", "the cache"),
    ("aws_ecr_repository", "its images"),
    ("aws_cloudwatch_log_group", "its logs"),
];

/// Types without which nothing is served.
const SERVING: [&str; 16] = [
    "aws_acm_certificate",
    "aws_db_proxy",
    "aws_ecs_cluster",
    "aws_ecs_service",
    "aws_efs_mount_target",
    "aws_internet_gateway",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_nat_gateway",
    "aws_rds_cluster_instance",
    "aws_route53_record",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
];

/// Replaced in every release, on purpose: a revision replaces the one before.
const ROUTINE: [&str; 1] = ["aws_ecs_task_definition"];

/// Attributes whose change restarts a database.
const RESTARTS: [(&str, &str); 5] = [
    ("aws_db_instance", "instance_class"),
    ("aws_db_instance", "engine_version"),
    ("aws_db_instance", "allocated_storage"),
    ("aws_rds_cluster", "engine_version"),
    ("aws_rds_cluster_instance", "instance_class"),
];

/// Where a resource of this type stands among those of the same threat: the lower, the sooner.
pub(super) fn rank(kind: &str) -> usize {
    STORES.iter().position(|(store, _)| *store == kind).unwrap_or(STORES.len())
}

/// The risk in what happens to a resource, if there is one.
pub(super) fn of(planned: &PlannedChange) -> Option<Risk> {
    let (kind, action) = (planned.kind.as_str(), planned.change.action());
    let ends = matches!(action, Action::Replace | Action::Destroy);
    if !ends {
        return if action == Action::Change { restart(planned) } else { None };
    }
    if let Some((_, what)) = STORES.iter().find(|(store, _)| *store == kind) {
        return Some(Risk { threat: Threat::DataLoss, reason: with_cause(format!("{what} would be lost"), planned) });
    }
    let verb = if action == Action::Replace { "made again" } else { "removed" };
    if SERVING.contains(&kind) {
        return Some(Risk { threat: Threat::Downtime, reason: with_cause(format!("it is {verb}"), planned) });
    }
    let routine = action == Action::Destroy || ROUTINE.contains(&kind);
    (!routine).then(|| Risk { threat: Threat::Replacement, reason: with_cause(format!("it is {verb}"), planned) })
}

fn restart(planned: &PlannedChange) -> Option<Risk> {
    let (before, after) = (&planned.change.before, &planned.change.after);
    let restarts =
        |(kind, attribute): &&(&str, &str)| *kind == planned.kind && before.get(attribute) != after.get(attribute);
    let (_, attribute) = RESTARTS.iter().find(restarts)?;
    Some(Risk { threat: Threat::Downtime, reason: format!("a new `{attribute}` restarts the database") })
}

fn with_cause(reason: String, planned: &PlannedChange) -> String {
    let mut causes: Vec<_> = planned.change.replace_paths.iter().filter_map(|path| path.first()?.as_str()).collect();
    causes.dedup();
    if causes.is_empty() || planned.change.after == Value::Null {
        return reason;
    }
    let change = if causes.len() == 1 { "changes" } else { "change" };
    format!("{reason}, because `{}` {change}", causes.join("`, `"))
}
