//! CloudWatch: alarms and Container Insights.

use super::{
    part::{Context, Part, counted, setting},
    root::{Resource, blocks, number},
    tasks,
};

/// Target tracking makes an alarm for too much and one for too little.
const ALARMS_OF_A_SCALING_POLICY: f64 = 2.0;

/// An alarm costs by the metrics that it reads.
pub(super) fn alarm(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    let rates = &context.prices.watching.rates;
    let queried = blocks(resource.body, "metric_query").flat_map(|query| blocks(query, "metric")).count();
    let metrics = u32::try_from(queried.max(1)).map_or(f64::INFINITY, f64::from);
    let fast = number(resource.body, "period").is_some_and(|seconds| seconds < 60.0);
    let price = if fast { rates.alarm_metric_high_resolution } else { rates.alarm_metric };
    vec![Part::new(format!("alarm on {}", counted(metrics, "metric", "metrics")), price * metrics)]
}

pub(super) fn scaling(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    if resource.body.get("target_tracking_scaling_policy_configuration").is_none() {
        return Vec::new();
    }
    let month = context.prices.watching.rates.alarm_metric * ALARMS_OF_A_SCALING_POLICY;
    vec![Part::new("2 alarms that scale", month)]
}

/// Container Insights is paid by the metrics that it makes; how many is an assumption.
pub(super) fn insights(context: Context<'_>, cluster: Resource<'_>) -> Vec<Part> {
    let section = &context.prices.insights;
    let (rates, services) = (&section.rates, || context.root.of_kind("aws_ecs_service"));
    let count: f64 = services().map(|service| service.instances()).sum();
    let tasks = services().map(|service| tasks::of(context, service));
    let (usual, most) = tasks.fold((0.0, 0.0), |(usual, most), tasks| (usual + tasks.usual, most + tasks.most));
    let part = match setting(blocks(cluster.body, "setting"), "containerInsights") {
        Some("enabled") => {
            let metrics = rates.metrics_of_cluster + rates.metrics_of_service * count;
            Part::new(format!("Container Insights, {metrics} metrics"), metrics * rates.metric)
        }
        Some("enhanced") => {
            let fixed = rates.enhanced_metrics_of_cluster + rates.enhanced_metrics_of_service * count;
            let metrics = |tasks: f64| fixed + rates.enhanced_metrics_of_task * tasks;
            let what = format!("Container Insights, {} metrics", metrics(usual));
            Part::new(what, metrics(usual) * rates.enhanced_metric).up_to(metrics(most) * rates.enhanced_metric)
        }
        _ => return Vec::new(),
    };
    vec![part.certain(section.certain)]
}
