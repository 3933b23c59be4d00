//! What is paid by what it holds: files, objects, images, logs.

use super::{
    part::{Context, Part},
    root::Resource,
};

pub(super) fn files(context: Context<'_>, resource: Resource<'_>) -> Vec<Part> {
    let rates = &context.prices.storage.rates;
    let one_zone = resource.body.get("availability_zone_name").is_some_and(|zone| !zone.is_null());
    let price = if one_zone { rates.files_one_zone } else { rates.files };
    held(context, resource, "files", context.usage.data_gb, price)
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
