//! What stands before the services: load balancer, firewall, CDN.

use super::{
    part::{Context, Part, counted},
    root::{Resource, blocks, entries, is_true},
};

pub(super) fn parts(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    let (rates, hours) = (&context.prices.balancer.rates, context.prices.hours);
    let mut parts = vec![Part::new("load balancer", rates.hour * hours)];
    if !is_true(resource.body, "internal") {
        let zones = entries(resource.body, "subnets");
        let month = context.prices.network.rates.public_ipv4_hour * hours;
        parts.push(Part::new(counted(zones, "public address", "public addresses"), month * zones));
    }
    let lcu = context.usage.lcu;
    parts.push(Part::new(counted(lcu, "capacity unit", "capacity units"), rates.lcu_hour * hours * lcu));
    parts
}

pub(super) fn firewall(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    let rates = &context.prices.firewall.rates;
    let rules = blocks(resource.body, "rule").map(|_| 1.0).sum::<f64>();
    let millions = context.usage.million_requests;
    vec![
        Part::new(format!("web ACL with {}", counted(rules, "rule", "rules")), rates.acl + rates.rule * rules),
        Part::new(format!("{millions} million requests"), rates.million_requests * millions),
    ]
}

pub(super) fn cdn(context: Context<'_>) -> Vec<Part> {
    let (rates, usage) = (&context.prices.cdn.rates, context.usage);
    let gb = (usage.out_gb - rates.free_gb).max(0.0);
    let millions = (usage.million_requests - rates.free_million_requests).max(0.0);
    vec![
        Part::new(format!("{gb} GB above what is free"), rates.gb * gb),
        Part::new(format!("{millions} million requests above what is free"), rates.million_requests * millions),
    ]
}
