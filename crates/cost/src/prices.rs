//! Prices: a dated file of what AWS asks in one region.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

static BUILT_IN: LazyLock<Prices> = LazyLock::new(|| {
    serde_json::from_str(include_str!("prices.json")).expect("a test reads the price file that is compiled in")
});

/// What AWS asks, in US dollars: by the hour, the GB or the month, as the names say.
#[derive(Debug, Deserialize)]
pub struct Prices {
    /// The day that the prices are of.
    pub date: String,
    /// The region that they are of.
    pub region: String,
    /// Hours in a month.
    pub(super) hours: f64,
    pub(super) fargate: Section<Fargate>,
    pub(super) spot: Section<Spot>,
    pub(super) network: Section<Network>,
    pub(super) balancer: Section<Balancer>,
    pub(super) cdn: Section<Cdn>,
    pub(super) firewall: Section<Firewall>,
    pub(super) dns: Section<Dns>,
    pub(super) secrets: Section<Secrets>,
    pub(super) storage: Section<Storage>,
    pub(super) watching: Section<Watching>,
    pub(super) guard: Section<Guard>,
    pub(super) insights: Section<Insights>,
    pub(super) instances: Section<Instances>,
    pub(super) aurora: Section<Aurora>,
    pub(super) cache: Section<Cache>,
}

/// Prices of one kind and how far they can be trusted.
#[derive(Debug, Deserialize)]
pub(super) struct Section<T> {
    /// False: compared with no page of AWS, or an assumption.
    pub(super) certain: bool,
    #[serde(flatten)]
    pub(super) rates: T,
}

#[derive(Debug, Deserialize)]
pub(super) struct Fargate {
    pub(super) vcpu_hour_x86_64: f64,
    pub(super) vcpu_hour_arm64: f64,
    pub(super) gb_hour_x86_64: f64,
    pub(super) gb_hour_arm64: f64,
    pub(super) storage_gb_hour: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Spot {
    pub(super) share_of_price: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Network {
    pub(super) nat_gateway_hour: f64,
    pub(super) nat_gateway_gb: f64,
    pub(super) public_ipv4_hour: f64,
    pub(super) interface_endpoint_hour: f64,
    pub(super) out_gb: f64,
    pub(super) zones_gb: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Balancer {
    pub(super) hour: f64,
    pub(super) lcu_hour: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Cdn {
    pub(super) free_gb: f64,
    pub(super) gb: f64,
    pub(super) free_million_requests: f64,
    pub(super) million_requests: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Firewall {
    pub(super) acl: f64,
    pub(super) rule: f64,
    pub(super) million_requests: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dns {
    pub(super) zone: f64,
    pub(super) health_check: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Secrets {
    pub(super) secret: f64,
    pub(super) key: f64,
}

/// By the GB.
#[derive(Debug, Deserialize)]
pub(super) struct Storage {
    pub(super) files: f64,
    pub(super) files_one_zone: f64,
    pub(super) files_read: f64,
    pub(super) files_written: f64,
    pub(super) files_backup: f64,
    pub(super) objects: f64,
    pub(super) images: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Watching {
    pub(super) log_in_gb: f64,
    pub(super) alarm_metric: f64,
    pub(super) alarm_metric_high_resolution: f64,
    pub(super) composite_alarm: f64,
    pub(super) dashboard: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Guard {
    pub(super) vcpu: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Insights {
    pub(super) metric: f64,
    pub(super) metrics_of_cluster: f64,
    pub(super) metrics_of_service: f64,
    pub(super) enhanced_metric: f64,
    pub(super) enhanced_metrics_of_cluster: f64,
    pub(super) enhanced_metrics_of_service: f64,
    pub(super) enhanced_metrics_of_task: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Instances {
    pub(super) storage_gb: f64,
    pub(super) hour: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Aurora {
    pub(super) acu_hour: f64,
    pub(super) storage_gb: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Cache {
    pub(super) redis_factor: f64,
    pub(super) hour: BTreeMap<String, f64>,
}

impl Prices {
    /// The prices that this program was built with.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }
}
