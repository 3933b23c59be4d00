//! From a root to lines with prices.

use serde::Serialize;

use super::{
    alarms, balancer, database, flat, network,
    part::{Context, Part, Parts},
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
        "aws_efs_backup_policy" => Ok(storage::backups(context, resource)),
        "aws_s3_bucket" => Ok(storage::objects(context, resource)),
        "aws_ecr_repository" => Ok(storage::images(context, resource)),
        "aws_cloudwatch_log_group" => Ok(storage::logs(context, resource)),
        kind => Ok(flat::parts(context, kind)),
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
        sum(self.lines.iter().map(|line| line.monthly))
    }

    /// US dollars a month with everything that scales at its maximum.
    pub fn at_most(&self) -> f64 {
        sum(self.lines.iter().map(|line| line.at_most))
    }
}

/// That of no amount is 0, where the standard library has -0.
fn sum(amounts: impl Iterator<Item = f64>) -> f64 {
    amounts.fold(0.0, |sum, amount| sum + amount)
}
