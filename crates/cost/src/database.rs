//! RDS, Aurora Serverless and `ElastiCache`.

use super::{
    part::{Context, Part, Parts, counted},
    root::{Resource, blocks, is_true, number, text},
};

pub(super) fn instance(context: Context<'_>, resource: Resource<'_>) -> Parts {
    let section = &context.prices.instances;
    let class = text(resource.body, "instance_class").ok_or("its class is not written down")?;
    let hour = section.rates.hour.get(class).ok_or_else(|| format!("no price for `{class}`"))?;
    // The standby has the size of the primary, and storage of its own.
    let copies = if is_true(resource.body, "multi_az") { 2.0 } else { 1.0 };
    let gb = number(resource.body, "allocated_storage").unwrap_or(0.0);
    let most = number(resource.body, "max_allocated_storage").unwrap_or(0.0).max(gb);
    let storage = section.rates.storage_gb * copies;
    let place = if copies > 1.0 { "two zones" } else { "one zone" };
    Ok(vec![
        Part::new(format!("{class} in {place}"), hour * context.prices.hours * copies).certain(section.certain),
        Part::new(format!("{gb} GB of storage"), storage * gb).up_to(storage * most).certain(section.certain),
    ])
}

/// An instance of a serverless cluster takes at least the cluster's minimum of capacity units.
pub(super) fn cluster_instance(context: Context<'_>, resource: Resource<'_>) -> Parts {
    let cluster = context
        .root
        .of_kind("aws_rds_cluster")
        .find(|cluster| cluster.is_meant_by(resource.body.get("cluster_identifier")))
        .ok_or("its cluster is in another root")?;
    let scaling = blocks(cluster.body, "serverlessv2_scaling_configuration").next();
    let capacity = |name| scaling.and_then(|scaling| number(scaling, name));
    let (Some(least), Some(most)) = (capacity("min_capacity"), capacity("max_capacity")) else {
        return Err("only Aurora Serverless has a price here".to_owned());
    };
    let month = context.prices.aurora.rates.acu_hour * context.prices.hours;
    let what = format!("Aurora at {}", counted(least, "capacity unit", "capacity units"));
    Ok(vec![Part::new(what, month * least).up_to(month * most)])
}

pub(super) fn storage(context: Context<'_>) -> Vec<Part> {
    let gb = context.usage.data_gb;
    vec![Part::new(format!("{gb} GB of storage"), context.prices.aurora.rates.storage_gb * gb)]
}

pub(super) fn cache(context: Context<'_>, resource: Resource<'_>) -> Parts {
    let section = &context.prices.cache;
    let class = text(resource.body, "node_type").ok_or("its node type is not written down")?;
    let hour = section.rates.hour.get(class).ok_or_else(|| format!("no price for `{class}`"))?;
    let nodes = number(resource.body, "num_cache_clusters").unwrap_or(1.0);
    let factor = if text(resource.body, "engine") == Some("redis") { section.rates.redis_factor } else { 1.0 };
    let what = format!("{} of {class}", counted(nodes, "node", "nodes"));
    Ok(vec![Part::new(what, hour * context.prices.hours * nodes * factor).certain(section.certain)])
}
