//! From a root to lines with prices.

use serde::Serialize;
use serde_json::Value;

use super::{
    alarms, balancer, database, flat, network,
    prices::Prices,
    root::{Resource, Root},
    service, storage,
    usage::Usage,
};

/// What one resource costs in a month, or one part of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its address in Terraform.
    pub resource: String,
    /// What is paid for.
    pub what: String,
    /// US dollars a month.
    pub monthly: f64,
    /// The same with everything that scales at its maximum.
    pub at_most: f64,
    /// The price varies, or is an assumption.
    pub approximate: bool,
}

/// What a root costs in a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Everything that costs something, in the order of the resources.
    pub lines: Vec<Line>,
    /// Resources that cost something of which the price is not known.
    pub unknown: Vec<String>,
}

/// What the estimators of resources look at.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) root: &'a Root,
    pub(super) prices: &'a Prices,
    pub(super) usage: &'a Usage,
}

/// One priced part of a resource.
pub(super) struct Part {
    what: String,
    monthly: f64,
    at_most: f64,
    certain: bool,
}

/// The parts of a resource; `Err` names what has no price.
pub(super) type Parts = Result<Vec<Part>, String>;

/// Estimates what `root` costs in a month.
pub fn estimate(root: &Root, prices: &Prices, usage: &Usage) -> Estimate {
    let context = Context { root, prices, usage };
    let mut estimate = Estimate::default();
    for resource in root.resources() {
        match parts(context, resource) {
            Ok(parts) => estimate.add(resource, parts),
            Err(what) => estimate.unknown.push(format!("{}: {what}", resource.address())),
        }
    }
    estimate
}

fn parts(context: Context<'_>, resource: Resource<'_>) -> Parts {
    match resource.kind {
        "aws_ecs_service" => service::parts(context, resource),
        "aws_ecs_cluster" => Ok(alarms::insights(context, resource)),
        "aws_cloudwatch_metric_alarm" => Ok(alarms::alarm(context, resource)),
        "aws_appautoscaling_policy" => Ok(alarms::scaling(context, resource)),
        "aws_lb" => Ok(balancer::parts(context, resource)),
        "aws_wafv2_web_acl" => Ok(balancer::firewall(context, resource)),
        "aws_cloudfront_distribution" => Ok(balancer::cdn(context)),
        "aws_nat_gateway" => Ok(network::gateway(context, resource)),
        "aws_eip" => Ok(network::address(context)),
        "aws_vpc_endpoint" => Ok(network::endpoint(context, resource)),
        "aws_vpc" => Ok(network::traffic(context)),
        "aws_db_instance" => database::instance(context, resource),
        "aws_rds_cluster" => Ok(database::storage(context)),
        "aws_rds_cluster_instance" => database::cluster_instance(context, resource),
        "aws_elasticache_replication_group" => database::cache(context, resource),
        "aws_efs_file_system" => Ok(storage::files(context, resource)),
        "aws_s3_bucket" => Ok(storage::objects(context, resource)),
        "aws_ecr_repository" => Ok(storage::images(context, resource)),
        "aws_cloudwatch_log_group" => Ok(storage::logs(context, resource)),
        kind => Ok(flat::parts(context, kind)),
    }
}

impl Context<'_> {
    /// The share of `total` that falls on one instance of `resource`, if all of its type have the same.
    pub(super) fn share(self, resource: Resource<'_>, total: f64) -> f64 {
        let same = self.root.resources().filter(|other| other.kind == resource.kind);
        total / same.map(|other| other.instances()).sum::<f64>()
    }
}

impl Estimate {
    fn add(&mut self, resource: Resource<'_>, parts: Vec<Part>) {
        let instances = resource.instances();
        let paid = parts.into_iter().filter(|part| part.at_most > 0.0);
        self.lines.extend(paid.map(|part| Line {
            resource: resource.address(),
            what: part.what,
            monthly: part.monthly * instances,
            at_most: part.at_most * instances,
            approximate: !part.certain,
        }));
    }

    /// US dollars a month.
    pub fn monthly(&self) -> f64 {
        self.lines.iter().map(|line| line.monthly).sum()
    }

    /// US dollars a month with everything that scales at its maximum.
    pub fn at_most(&self) -> f64 {
        self.lines.iter().map(|line| line.at_most).sum()
    }
}

impl Part {
    pub(super) fn new(what: impl Into<String>, monthly: f64) -> Self {
        Self { what: what.into(), monthly, at_most: monthly, certain: true }
    }

    pub(super) fn up_to(self, at_most: f64) -> Self {
        Self { at_most, ..self }
    }

    pub(super) fn certain(self, certain: bool) -> Self {
        Self { certain, ..self }
    }
}

/// A count for people: `2 addresses`, `1 address`, `0.5 …`.
pub(super) fn counted(number: f64, one: &str, many: &str) -> String {
    if (number - 1.0).abs() < f64::EPSILON { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The value of a setting in a list of `{ "name": …, "value": … }`.
pub(super) fn setting<'a>(mut settings: impl Iterator<Item = &'a Value>, name: &str) -> Option<&'a str> {
    settings.find(|setting| setting["name"] == name)?["value"].as_str()
}
