//! An ECS service: its tasks on Fargate and their public addresses.

use serde_json::Value;

use super::{
    part::{Context, Part, Parts, counted},
    root::{Resource, blocks, is_true, number},
    tasks::{self, Tasks},
};

/// What comes with every Fargate task.
const FREE_STORAGE_GB: f64 = 20.0;

pub(super) fn parts(context: Context<'_>, service: Resource<'_>) -> Parts {
    let tasks = tasks::of(context, service);
    let definition = context
        .root
        .of_kind("aws_ecs_task_definition")
        .find(|definition| definition.is_meant_by(service.body.get("task_definition")))
        .ok_or("its task definition is in another root")?;
    let size = Size::of(definition.body).ok_or("its task definition has no literal cpu and memory")?;
    let monthly = size.monthly(context);
    let strategy: Vec<_> = blocks(service.body, "capacity_provider_strategy").collect();
    let cost = |tasks| monthly * discounted(tasks, &strategy, context.prices.spot.rates.share_of_price);
    let usual = spot_share(tasks.most, &strategy);
    let mut parts = vec![
        Part::new(described(tasks.usual, &size, usual > 0.0), cost(tasks.usual))
            .up_to(cost(tasks.most))
            .certain(usual <= 0.0 || context.prices.spot.certain),
    ];
    parts.extend(guarded(context, tasks, &size));
    if blocks(service.body, "network_configuration").any(|network| is_true(network, "assign_public_ip")) {
        parts.push(addresses(context, tasks));
    }
    Ok(parts)
}

fn described(tasks: f64, size: &Size, spot: bool) -> String {
    let Size { vcpu, gb, arm64, .. } = size;
    let architecture = if *arm64 { "arm64" } else { "x86-64" };
    let spot = if spot { ", Spot" } else { "" };
    format!("{} of {vcpu} vCPU, {gb} GB, {architecture}{spot}", counted(tasks, "task", "tasks"))
}

fn addresses(context: Context<'_>, tasks: Tasks) -> Part {
    let month = context.prices.network.rates.public_ipv4_hour * context.prices.hours;
    let what = counted(tasks.usual, "public address", "public addresses");
    Part::new(what, month * tasks.usual).up_to(month * tasks.most)
}

/// What the watch over the inside of tasks (`GuardDuty`) costs, where the root has it.
fn guarded(context: Context<'_>, tasks: Tasks, size: &Size) -> Option<Part> {
    let mut features = context.root.of_kind("aws_guardduty_detector_feature");
    features.find(|feature| feature.body["name"] == "RUNTIME_MONITORING")?;
    let section = &context.prices.guard;
    let month = section.rates.vcpu * size.vcpu;
    let what = format!("GuardDuty in {} vCPU", size.vcpu * tasks.usual);
    Some(Part::new(what, month * tasks.usual).up_to(month * tasks.most).certain(section.certain))
}

struct Size {
    vcpu: f64,
    gb: f64,
    storage_gb: f64,
    arm64: bool,
}

impl Size {
    fn of(definition: &Value) -> Option<Self> {
        let storage = blocks(definition, "ephemeral_storage").find_map(|storage| number(storage, "size_in_gib"));
        Some(Self {
            vcpu: number(definition, "cpu")? / 1024.0,
            gb: number(definition, "memory")? / 1024.0,
            storage_gb: storage.unwrap_or(FREE_STORAGE_GB) - FREE_STORAGE_GB,
            arm64: blocks(definition, "runtime_platform").any(|platform| platform["cpu_architecture"] == "ARM64"),
        })
    }

    fn monthly(&self, context: Context<'_>) -> f64 {
        let rates = &context.prices.fargate.rates;
        let (vcpu, gb) = if self.arm64 {
            (rates.vcpu_hour_arm64, rates.gb_hour_arm64)
        } else {
            (rates.vcpu_hour_x86_64, rates.gb_hour_x86_64)
        };
        let hour = self.vcpu * vcpu + self.gb * gb + self.storage_gb * rates.storage_gb_hour;
        hour * context.prices.hours
    }
}

/// The share of `tasks` that the strategy puts on Spot: what is above all bases, by weight.
fn spot_share(tasks: f64, strategy: &[&Value]) -> f64 {
    let total = |name: &str, spot: bool| -> f64 {
        let chosen = strategy.iter().filter(|entry| (entry["capacity_provider"] == "FARGATE_SPOT") == spot);
        chosen.filter_map(|entry| number(entry, name)).sum()
    };
    let weights = total("weight", true) + total("weight", false);
    if tasks <= 0.0 || weights <= 0.0 {
        return 0.0;
    }
    let spot_base = total("base", true).min(tasks);
    let rest = (tasks - total("base", true) - total("base", false)).max(0.0);
    (spot_base + rest * total("weight", true) / weights) / tasks
}

/// `tasks` as so many tasks of full price.
fn discounted(tasks: f64, strategy: &[&Value], share_of_price: f64) -> f64 {
    let spot = spot_share(tasks, strategy);
    tasks * (1.0 - spot * (1.0 - share_of_price))
}
