//! Gateways, addresses, endpoints and traffic.

use super::{
    part::{Context, Part, counted},
    root::{Resource, entries, text},
};

pub(super) fn gateway(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    let rates = &context.prices.network.rates;
    let gb = context.share(resource, context.usage.nat_gb);
    vec![
        Part::new("NAT gateway", rates.nat_gateway_hour * context.prices.hours),
        Part::new(format!("{gb:.1} GB through it"), rates.nat_gateway_gb * gb),
    ]
}

pub(super) fn address(context: Context<'_>) -> Vec<Part> {
    vec![Part::new("public address", context.prices.network.rates.public_ipv4_hour * context.prices.hours)]
}

/// Gateway endpoints are free; an interface is paid in each zone.
pub(super) fn endpoint(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    if text(resource.body, "vpc_endpoint_type") != Some("Interface") {
        return Vec::new();
    }
    let zones = entries(resource.body, "subnet_ids");
    let month = context.prices.network.rates.interface_endpoint_hour * context.prices.hours;
    vec![Part::new(format!("endpoint in {}", counted(zones, "zone", "zones")), month * zones)]
}

/// What goes between zones, which is paid on both ends, and what leaves for the internet, unless the CDN carries it.
pub(super) fn traffic(context: Context<'_>) -> Vec<Part> {
    let rates = &context.prices.network.rates;
    let zones = context.usage.zones_gb;
    let mut parts = vec![Part::new(format!("{zones} GB between zones"), rates.zones_gb * zones)];
    if context.root.of_kind("aws_cloudfront_distribution").next().is_none() {
        let gb = context.usage.out_gb;
        parts.push(Part::new(format!("{gb} GB to the internet"), rates.out_gb * gb));
    }
    parts
}
