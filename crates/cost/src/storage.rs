//! What is paid by what it holds: files, objects, images, logs.

use super::{
    part::{Context, Part},
    root::{Resource, blocks, text},
};

pub(super) fn files(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    let rates = &context.prices.storage.rates;
    let one_zone = resource.body.get("availability_zone_name").is_some_and(|zone| !zone.is_null());
    let price = if one_zone { rates.files_one_zone } else { rates.files };
    let mut parts = held(context, resource, "files", context.usage.data_gb, price);
    // With other modes throughput comes with what is held, or is bought by the hour.
    if text(resource.body, "throughput_mode") == Some("elastic") {
        parts.extend(held(context, resource, "files read", context.usage.files_read_gb, rates.files_read));
        parts.extend(held(context, resource, "files written", context.usage.files_written_gb, rates.files_written));
    }
    parts
}

/// One copy of what the file system holds: how much of the older ones differs is not known.
pub(super) fn backups(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    if !blocks(resource.body, "backup_policy").any(|policy| policy["status"] == "ENABLED") {
        return Vec::new();
    }
    let price = context.prices.storage.rates.files_backup;
    let copies = held(context, resource, "backups", context.usage.data_gb, price);
    copies.into_iter().map(|copy| copy.certain(false)).collect()
}

pub(super) fn objects(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    held(context, resource, "objects", context.usage.objects_gb, context.prices.storage.rates.objects)
}

pub(super) fn images(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    held(context, resource, "images", context.usage.images_gb, context.prices.storage.rates.images)
}

pub(super) fn logs(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    held(context, resource, "logs", context.usage.logs_gb, context.prices.watching.rates.log_in_gb)
}

/// This resource's share of what all of its kind hold.
fn held(context: Context<'_>, resource: Resource<'_>, what: &str, gb: f64, price: f64) -> Vec<Part> {
    let gb = context.share(resource, gb);
    vec![Part::new(format!("{gb:.1} GB of {what}"), price * gb)]
}
